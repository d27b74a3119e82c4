import type { CallContext } from '@devops-mcp/contract';
import type { Anomaly, Answer, Window } from '@devops-mcp/domain';
import {
  type OtlpPort,
  openSession,
  type Session,
  telemetryName,
  whenThereAreData,
  windowMicros,
} from '../port-context.js';
import { type AnomalySeries, anomalySeries } from './anomaly-series.js';
import { excursionMethod } from './excursion.js';
import { growthMethod } from './growth-trend.js';
import { judgeSeries } from './judge-series.js';
import { isImprovement } from './signal-noise.js';

const most = 200;
/** How much less a change for the better counts in the ranking. */
const improvementWeight = 0.25;
/** What is over counts in full when it filled this much of the window, and never less than a quarter. */
const longShare = 0.2;
const leastOfEnded = 0.25;

const rankingMethod =
  'Ranked by score; what is over counts by how long it lasted, changes for the better a quarter.';

export interface FoundAnomalies {
  readonly anomalies: readonly Anomaly[];
  readonly examined: { readonly services: number; readonly series: number };
  readonly method: string;
}

/**
 * Implements `MetricsApi.findAnomalies`. The baseline may lie in the window or, as far as there are data,
 * in one window's length before it; only what begins inside the window is reported, but for memory that
 * has grown since before it.
 */
export async function findAnomalies(
  port: OtlpPort,
  query: { readonly window: Window; readonly services?: readonly string[]; readonly top: number },
  context: CallContext,
): Promise<Answer<FoundAnomalies>> {
  const session = await openSession(port, context, { services: query.services ?? [] });
  const names = query.services?.map((service) => telemetryName(session, service));
  const [start, end] = windowMicros(query.window);
  const first = Math.min(...session.snapshot.extents.map((extent) => extent.firstUs), end);
  const from = Math.max(start - (end - start), Math.min(first, start));
  const windowMs = (end - start) / 1_000;
  const series = await anomalySeries(session, names, from, end);
  const found = [...byServiceAndSignal(series).values()].flatMap((lines) =>
    judgeSeries(lines, start / 1_000, (name) => session.services.serviceOf(name)),
  );
  const ranked = found.sort((a, b) => weightOf(b, windowMs) - weightOf(a, windowMs));
  const top = Math.max(1, Math.min(query.top, most));
  const hints = [...session.snapshot.hints, ...hintsOf(session, series)];
  return {
    data: {
      anomalies: ranked.slice(0, top),
      examined: { services: new Set(series.map((line) => line.service)).size, series: series.length },
      method: `${excursionMethod} ${growthMethod} ${rankingMethod}`,
    },
    source: session.source(),
    ...(ranked.length > top
      ? {
          truncation: {
            returned: top,
            total: ranked.length,
            more: true,
            howToGetMore: 'Raise top; what is left out deviates less.',
          },
        }
      : {}),
    ...(hints.length > 0 ? { hints } : {}),
  };
}

function byServiceAndSignal(series: readonly AnomalySeries[]): Map<string, AnomalySeries[]> {
  const groups = new Map<string, AnomalySeries[]>();
  for (const line of series) {
    const key = `${line.service}\n${line.signal}\n${line.unit}`;
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return groups;
}

function weightOf(anomaly: Anomaly, windowMs: number): number {
  const better = isImprovement(anomaly.signal, anomaly.direction) ? improvementWeight : 1;
  if (anomaly.end === null) return anomaly.score * better;
  const share = (anomaly.end.getTime() - anomaly.onset.getTime()) / windowMs;
  return anomaly.score * better * Math.max(leastOfEnded, Math.min(1, share / longShare));
}

function hintsOf(session: Session, series: readonly AnomalySeries[]): readonly string[] {
  if (series.length === 0) return [whenThereAreData(session, ['points', 'spans'], 'metrics or spans')];
  const short = series.filter((line) => line.samples.length < 6).length;
  const derived = new Set(series.filter((line) => line.derived).map((line) => line.service));
  const hints: string[] = [];
  if (short > 0)
    hints.push(`${short} of ${series.length} series have fewer than six samples and were not judged.`);
  if (derived.size > 0)
    hints.push(`${derived.size} services have no request metrics: their requests were derived from spans.`);
  return hints;
}
