/** The least deviation that a signal's baseline is credited with, so that scores of different signals compare. */
const relative = 0.1;
const absolute: Readonly<Record<string, number>> = {
  request_rate: 0.05,
  error_rate: 0.01,
  latency_p95: 0.002,
  cpu: 0.02,
  memory: 1_048_576,
  restarts: 0.3,
};
/** Memory moves little in health, so a leak of a few per cent is already one. */
const relativeOf: Readonly<Record<string, number>> = { memory: 0.04, restarts: 0 };

export function leastDeviation(signal: string, unit: string, baseline: number): number {
  const least = absolute[signal] ?? (unit === 'ratio' ? 0.02 : 1e-9);
  // Cores of small containers are thousandths of one: a fixed amount would hide everything.
  const floor = signal === 'cpu' && unit === 'cores' ? 0.001 : least;
  return Math.max((relativeOf[signal] ?? relative) * Math.abs(baseline), floor);
}

/** Deviation of a share or rate that comes from counting alone, given the requests counted in a sample. */
export function countingNoise(signal: string, value: number, requests: number, seconds: number): number {
  if (requests <= 0) return 0;
  if (signal === 'error_rate')
    return Math.sqrt((Math.max(value, 1 / requests) * (1 - value * 0.5)) / requests);
  if (signal === 'request_rate') return Math.sqrt(requests) / seconds;
  return 0;
}

/** True where a change in this direction is what one hopes for. */
export function isImprovement(signal: string, direction: 'up' | 'down'): boolean {
  return direction === 'down' && signal !== 'request_rate';
}
