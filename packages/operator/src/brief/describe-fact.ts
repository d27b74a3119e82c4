import type { AnomalyFact, ChangeFact } from './evidence.js';

/** `error_rate 0.0 % to 51 % since 13:38`; with the end where it is over. */
export function describeAnomaly(found: AnomalyFact): string {
  const where = found.instance === null ? '' : ` of ${found.instance}`;
  const when = found.lasting ? 'since' : 'for a while at';
  return `${found.signal}${where} ${amount(found.baseline, found.unit)} to ${amount(found.value, found.unit)} ${when} ${clockOf(found.onset)}`;
}

export function describeChange(change: ChangeFact): string {
  return `${change.kind} ${change.version ?? change.revision.slice(0, 10)} by ${change.by}`;
}

export function clockOf(time: number): string {
  return new Date(time).toISOString().slice(11, 16);
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

export function milliseconds(value: number): string {
  return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}

export function shorten(text: string, most = 90): string {
  const line = text.split('\n')[0] ?? '';
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

function amount(value: number, unit: string): string {
  if (unit === 'ratio') return percent(value);
  if (unit === 's') return milliseconds(value * 1000);
  if (unit === 'By') return `${Math.round(value / 1_048_576)} MiB`;
  return `${Number(value.toPrecision(3))} ${unit}`;
}
