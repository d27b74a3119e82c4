/** Hour and minute in UTC; with month and day when it is another day than `reference`. */
export function clock(time: string, reference: string): string {
  const day = time.slice(0, 10);
  const hour = time.slice(11, 16);
  return day === reference.slice(0, 10) ? hour : `${day.slice(5)} ${hour}`;
}

/** `43 min`, `4 h`, `4 h 10 min`. */
export function duration(from: string, to: string): string {
  const minutes = Math.round((Date.parse(to) - Date.parse(from)) / 60_000);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return `${minutes} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}
