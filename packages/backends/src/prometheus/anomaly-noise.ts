import { countingNoise } from '@devops-mcp/domain';
import { type ReadSeries, readQuantile } from './anomaly-series.js';
import type { Session } from './session.js';

const quantile = 0.95;
const below = 0.9;
const above = 0.99;

/** Requests per second by series and time. */
type Requests = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Gives shares and rates the deviation that comes from counting so few requests alone. */
export function withCountingNoise(lines: readonly ReadSeries[]): readonly ReadSeries[] {
  const requests = requestsOf(lines);
  return lines.map((line) => {
    const rates = requests.get(keyOf(line));
    if (rates === undefined) return line;
    const samples = line.samples.map((sample) => {
      const counted = (rates.get(sample.timeMs) ?? 0) * line.rateSeconds;
      return { ...sample, noise: countingNoise(line.signal, sample.value, counted, line.rateSeconds) };
    });
    return { ...line, samples };
  });
}

/**
 * Gives percentiles of some services the deviation that comes from the number of requests: the slope of
 * the distribution between its 90th and 99th percentile times the binomial deviation of the share.
 */
export async function withQuantileNoise(
  session: Session,
  lines: readonly ReadSeries[],
  services: ReadonlySet<string>,
): Promise<readonly ReadSeries[]> {
  const requests = requestsOf(lines);
  const wanted = (line: ReadSeries) => line.signal === 'latency_p95' && services.has(line.service);
  const readings = new Set(lines.filter(wanted).map((line) => line.reading));
  const slopes = new Map<string, Map<number, number>>();
  for (const reading of readings)
    for (const whole of [true, false]) {
      const low = await readQuantile(session, reading, services, whole, below);
      const high = await readQuantile(session, reading, services, whole, above);
      addSlopes(slopes, low, high);
    }
  return lines.map((line) => {
    const own = wanted(line) ? slopes.get(keyOf(line)) : undefined;
    if (own === undefined) return line;
    const rates = requests.get(keyOf(line));
    const samples = line.samples.map((sample) => {
      const counted = (rates?.get(sample.timeMs) ?? 0) * line.rateSeconds;
      const slope = own.get(sample.timeMs) ?? 0;
      const noise = counted > 0 ? slope * Math.sqrt((quantile * (1 - quantile)) / counted) : sample.noise;
      return { ...sample, noise };
    });
    return { ...line, samples };
  });
}

function addSlopes(
  slopes: Map<string, Map<number, number>>,
  low: readonly ReadSeries[],
  high: readonly ReadSeries[],
): void {
  const lows = new Map(
    low.map((line) => [keyOf(line), new Map(line.samples.map((one) => [one.timeMs, one.value]))]),
  );
  for (const line of high) {
    const own = new Map<number, number>();
    for (const { timeMs, value } of line.samples) {
      const from = lows.get(keyOf(line))?.get(timeMs);
      if (from !== undefined) own.set(timeMs, Math.max(0, value - from) / (above - below));
    }
    slopes.set(keyOf(line), own);
  }
}

function requestsOf(lines: readonly ReadSeries[]): Requests {
  return new Map(
    lines
      .filter(({ signal }) => signal === 'request_rate')
      .map((line) => [keyOf(line), new Map(line.samples.map(({ timeMs, value }) => [timeMs, value]))]),
  );
}

function keyOf({ service, instance, whole }: ReadSeries): string {
  return `${service}\n${whole ? '' : (instance ?? '')}\n${whole}`;
}
