import type { SignalQuery, SignalSeries } from '@devops-mcp/domain';
import { callContext, worldNow } from '@devops-mcp/domain/contract-tests';
import { type Line, metricsLine, resource } from './otlp-json.js';
import { type OpenOptions, telemetryFolder } from './sandbox-folder.js';

export const minute = 60_000;
export const window = { start: new Date(worldNow.getTime() - 10 * minute), end: worldNow };
/** The end of minute `at` of the window; negative ones lie before it. */
export const ending = (at: number) => new Date(window.start.getTime() + at * minute);
export const minutes = Array.from({ length: 10 }, (_, at) => at);

export async function ask(lines: readonly Line[], query: Partial<SignalQuery>, options: OpenOptions = {}) {
  const folder = await telemetryFolder();
  await folder.write('metrics.jsonl', lines);
  const ports = await folder.open(options);
  const whole: SignalQuery = { service: 'shop', signals: [], window, maxPoints: 60, ...query };
  return ports.metrics.querySignals(whole, callContext());
}

export function values(series: SignalSeries | undefined): readonly (number | null)[] {
  return (series?.points ?? []).map(([, value]) => (value === null ? null : Math.round(value * 1e4) / 1e4));
}

export const of = (...metrics: unknown[]) => metricsLine(resource('shop', 'shop-1'), metrics);
