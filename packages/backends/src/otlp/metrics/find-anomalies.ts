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
import { excursionMethod, findExcursion } from './excursion.js';
import { isImprovement, leastDeviation } from './signal-noise.js';

const most = 200;
/** How much less a change for the better counts in the ranking. */
const improvementWeight = 0.25;

export interface FoundAnomalies {
  readonly anomalies: readonly Anomaly[];
  readonly examined: { readonly services: number; readonly series: number };
  readonly method: string;
}

/**
 * Implements `MetricsApi.findAnomalies`. The baseline may lie in the window or, as far as there are data,
 * in one window's length before it; only what begins inside the window is reported.
 */
export async function findAnomalies(
  port: OtlpPort,
  query: { readonly window: Window; readonly services?: readonly string[]; readonly top: number },
  context: CallContext,
): Promise<Answer<FoundAnomalies>> {
  const session = await openSession(port, context);
  const names = query.services?.map((service) => telemetryName(session, service));
  const [start, end] = windowMicros(query.window);
  const first = Math.min(...session.snapshot.extents.map((extent) => extent.firstUs), end);
  const from = Math.max(start - (end - start), Math.min(first, start));
  const series = await anomalySeries(session, names, from, end);
  const found = series.flatMap((line) => anomalyOf(line, start, session) ?? []);
  const ranked = found.sort((a, b) => weightOf(b) - weightOf(a));
  const top = Math.max(1, Math.min(query.top, most));
  const hints = [...session.snapshot.hints, ...hintsOf(session, series)];
  return {
    data: {
      anomalies: ranked.slice(0, top),
      examined: { services: new Set(series.map((line) => line.service)).size, series: series.length },
      method: excursionMethod,
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

function anomalyOf(line: AnomalySeries, start: number, session: Session): Anomaly | undefined {
  const excursion = findExcursion(line.samples, (baseline) =>
    leastDeviation(line.signal, line.unit, baseline),
  );
  const onset = excursion === undefined ? undefined : line.samples[excursion.onset];
  if (excursion === undefined || onset === undefined) return undefined;
  // A sample stands for its whole step: one that reaches into the window counts.
  if ((onset.timeMs + line.grid.step / 1_000) * 1_000 <= start) return undefined;
  const end = line.samples[excursion.end];
  return {
    service: session.services.serviceOf(line.service),
    instance: line.instance,
    signal: line.signal,
    unit: line.unit,
    onset: new Date(Math.max(onset.timeMs, start / 1_000)),
    end: end === undefined ? null : new Date(end.timeMs),
    baseline: excursion.baseline,
    value: excursion.value,
    score: excursion.score,
    direction: excursion.direction,
  };
}

function weightOf(anomaly: Anomaly): number {
  return anomaly.score * (isImprovement(anomaly.signal, anomaly.direction) ? improvementWeight : 1);
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
