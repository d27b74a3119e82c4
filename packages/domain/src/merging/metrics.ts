import type { PortPart } from '@devops-mcp/contract';
import type { Anomaly, MetricInfo, MetricsApi, SignalAnswer } from '../metrics.js';
import { type AskedParts, askAll } from './ask-parts.js';
import { cutOf, joinAnswers, joinRows, union } from './join-answers.js';

const mostTried = 12;

/**
 * Each signal comes whole from the first backend that has it, in order of configuration: values of
 * two systems are never mixed in one series. Anomalies are ranked together, of the same signal of a
 * service those of the system that sees the strongest.
 */
export function mergeMetrics(parts: readonly PortPart<MetricsApi>[]): MetricsApi {
  return {
    async querySignals(query, context) {
      const asked = await askAll(parts, context, (api) => api.querySignals(query, context));
      const data = joinSignals(asked, query.signals);
      const rowsOf = ({ series }: SignalAnswer) => series.length;
      const size = data.series.length;
      return joinAnswers(asked, data, {
        truncation: cutOf(asked, { returned: size, found: size, rowsOf }),
      });
    },
    async listMetrics(query, context) {
      const asked = await askAll(parts, context, (api) => api.listMetrics(query, context));
      const data = joinInventories(asked.answered.map(({ answer }) => answer.data));
      return joinRows(asked, data);
    },
    async findAnomalies(query, context) {
      const asked = await askAll(parts, context, (api) => api.findAnomalies(query, context));
      const all = strongestOf(asked.answered.map(({ answer }) => answer.data.anomalies));
      const anomalies = all.slice(0, query.top);
      const examined = asked.answered.map(({ answer }) => answer.data.examined);
      const data = {
        anomalies,
        examined: {
          // Which services two systems have in common is not told: no more than the larger count is sure.
          services: Math.max(...examined.map(({ services }) => services)),
          series: examined.reduce((sum, { series }) => sum + series, 0),
        },
        method: union(asked.answered.map(({ answer }) => [answer.data.method])).join('; '),
      };
      const rowsOf = ({ anomalies: rows }: { readonly anomalies: readonly Anomaly[] }) => rows.length;
      return joinAnswers(asked, data, {
        truncation: cutOf(asked, { returned: anomalies.length, found: all.length, rowsOf }),
      });
    },
    async services(query, context) {
      const asked = await askAll(parts, context, (api) => api.services(query, context));
      const names = union(asked.answered.map(({ answer }) => answer.data));
      return joinRows(asked, names);
    },
  };
}

function joinSignals({ answered }: AskedParts<SignalAnswer>, wanted: readonly string[]): SignalAnswer {
  const taken = new Map<string, string>();
  const series = answered.flatMap(({ backend, answer }) =>
    answer.data.series.filter(({ signal }) => {
      if (!taken.has(signal)) taken.set(signal, backend);
      return taken.get(signal) === backend;
    }),
  );
  const missing = wanted
    .filter((signal) => !taken.has(signal))
    .map((signal) => ({
      signal,
      tried: union(
        answered.map(({ backend, answer }) =>
          (answer.data.missing.find((one) => one.signal === signal)?.tried ?? []).map(
            (metric) => `${backend}: ${metric}`,
          ),
        ),
        mostTried,
      ),
    }));
  return { series, missing };
}

function joinInventories(lists: readonly (readonly MetricInfo[])[]): readonly MetricInfo[] {
  const byName = new Map<string, MetricInfo>();
  for (const info of lists.flat()) {
    const known = byName.get(info.name);
    const lastSeen = known && known.lastSeen > info.lastSeen ? known.lastSeen : info.lastSeen;
    byName.set(info.name, known ? { ...known, lastSeen } : info);
  }
  return [...byName.values()];
}

/** For each signal of a service the findings of one list alone: that with the highest score. */
function strongestOf(lists: readonly (readonly Anomaly[])[]): readonly Anomaly[] {
  const best = new Map<string, { readonly list: number; readonly score: number }>();
  const keyOf = ({ service, signal }: Anomaly) => JSON.stringify([service, signal]);
  for (const [list, anomalies] of lists.entries()) {
    for (const anomaly of anomalies) {
      const known = best.get(keyOf(anomaly));
      if (!known || anomaly.score > known.score) best.set(keyOf(anomaly), { list, score: anomaly.score });
    }
  }
  return lists
    .flatMap((anomalies, list) => anomalies.filter((anomaly) => best.get(keyOf(anomaly))?.list === list))
    .toSorted((a, b) => b.score - a.score);
}
