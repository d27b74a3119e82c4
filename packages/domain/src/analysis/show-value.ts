import { roundTo } from './statistics.js';

/** A number with its unit as a person says it: `3.1 %`, `240 ms`, `512 MiB`, `42/s`. */
export function showValue(value: number | null, unit: string): string {
  if (value === null) return '-';
  switch (unit) {
    case 'ratio':
      return `${plain(value * 100)} %`;
    case 's':
      return showSeconds(value);
    case 'ms':
      return showSeconds(value / 1_000);
    case 'By':
      return showBytes(value);
    case '1/s':
      return `${plain(value)}/s`;
    case 'count':
      return plain(value);
    default:
      return `${plain(value)} ${unit}`.trim();
  }
}

/** A length of time in seconds: `80 µs`, `240 ms`, `1.4 s`, `12 min`, `3.5 h`, `2 d`. */
export function showSeconds(seconds: number): string {
  const size = Math.abs(seconds);
  if (size === 0) return '0 s';
  if (size < 0.001) return `${plain(seconds * 1e6)} µs`;
  if (size < 1) return `${plain(seconds * 1e3)} ms`;
  if (size < 120) return `${plain(seconds)} s`;
  if (size < 7_200) return `${plain(seconds / 60)} min`;
  return size < 172_800 ? `${plain(seconds / 3_600)} h` : `${plain(seconds / 86_400)} d`;
}

/** Time of day in UTC, `10:04:30`; the date comes before it when it is not the reference's date. */
export function showTime(time: Date | string, reference?: Date | string): string {
  const text = new Date(time).toISOString();
  const sameDay =
    reference !== undefined && new Date(reference).toISOString().slice(0, 10) === text.slice(0, 10);
  return sameDay ? text.slice(11, 19) : `${text.slice(0, 10)} ${text.slice(11, 19)}`;
}

function showBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = bytes;
  let unit = 0;
  while (Math.abs(size) >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${plain(size)} ${units[unit]}`;
}

function plain(value: number): string {
  return String(roundTo(value, 3));
}
