/** Names that carry milliseconds where no unit is given: the older semantic conventions and the meshes. */
const milliseconds = /^(http|rpc)\.server\.duration$|milliseconds|_ms$|^envoy_.*_rq_time$/;

const factors: Readonly<Record<string, number>> = {
  s: 1,
  seconds: 1,
  ms: 1e-3,
  milliseconds: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  microseconds: 1e-6,
  ns: 1e-9,
  nanoseconds: 1e-9,
  min: 60,
};

/** What a duration of this metric must be multiplied by to be in seconds. */
export function secondsPerUnit(metric: string, unit: string): number {
  const factor = factors[unit];
  return factor ?? (milliseconds.test(metric) ? 1e-3 : 1);
}

/** The same for values of a signal in its own unit; nanoseconds of CPU time are the one other case. */
export function valueFactor(metric: string, unit: string, wanted: string): number {
  if (wanted === 's') return secondsPerUnit(metric, unit);
  if (wanted === 'cores') return factors[unit] ?? 1;
  if (unit === '%' && wanted === 'ratio') return 0.01;
  return unit === 'MiBy' || unit === 'MB' ? 1_048_576 : unit === 'KiBy' ? 1_024 : 1;
}
