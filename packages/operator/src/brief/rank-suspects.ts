import type { Evidence } from './evidence.js';
import type { Suspect, SuspectEvidence } from './model.js';
import { nameCause } from './name-cause.js';
import { type Weight, weighAlerts, weighAnomalies, weighChanges, weighErrors } from './weigh-evidence.js';
import { weighPropagation } from './weigh-propagation.js';
import { weighTraces } from './weigh-traces.js';

const shown = 5;
const evidenceShown = 10;
/** Whoever has less of the evidence is no suspect. */
const leastShare = 0.03;
/** Evidence of less than this share of a suspect's own is left out. */
const leastOfOwn = 0.02;

/**
 * Suspects, strongest first. Every piece of evidence is weighed for one service; then a service that
 * calls an ill one and fell ill no earlier is held a victim and loses weight. Scores are shares of all
 * positive weight; below 3 % nobody is named.
 */
export function rankSuspects(evidence: Evidence, onset: number): readonly Suspect[] {
  const own = [
    ...weighTraces(evidence),
    ...weighErrors(evidence),
    ...weighAnomalies(evidence),
    ...weighChanges(evidence, onset),
    ...weighAlerts(evidence),
  ];
  const weights = [...own, ...weighPropagation(evidence, sums(own))];
  const totals = [...sums(weights)]
    .filter(([, total]) => total > 0)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const all = totals.reduce((sum, [, total]) => sum + total, 0);
  return totals
    .filter(([, total]) => total >= leastShare * all)
    .slice(0, shown)
    .map(([service, total]) => {
      const found = weights.filter((weight) => weight.service === service);
      const instance = culpritInstance(found);
      return {
        service,
        ...(instance === null ? {} : { instance }),
        kind: nameCause(service, evidence, onset),
        score: Number((total / all).toFixed(3)),
        evidence: evidenceOf(found),
      };
    });
}

function evidenceOf(found: readonly Weight[]): readonly SuspectEvidence[] {
  const sorted = found.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const all = sorted.reduce((sum, { weight }) => sum + Math.abs(weight), 0);
  return sorted
    .filter(({ weight }) => Math.abs(weight) >= leastOfOwn * all)
    .slice(0, evidenceShown)
    .map(({ weight, text, source }) => ({ direction: weight >= 0 ? 'for' : 'against', text, source }));
}

function sums(weights: readonly Weight[]): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { service, weight } of weights) totals.set(service, (totals.get(service) ?? 0) + weight);
  return totals;
}

/** One instance is named only when it carries most of what is known, of instances and of the service as a whole. */
function culpritInstance(weights: readonly Weight[]): string | null {
  const byInstance = new Map<string | null, number>();
  for (const { instance, weight, source } of weights)
    if (weight > 0 && (source === 'compare_traces' || source === 'find_anomalies'))
      byInstance.set(instance, (byInstance.get(instance) ?? 0) + weight);
  const total = [...byInstance.values()].reduce((sum, weight) => sum + weight, 0);
  const [best] = [...byInstance].sort(([, a], [, b]) => b - a);
  return best && best[1] > 0.6 * total ? best[0] : null;
}
