import { type Evidence, minuteMs } from './evidence.js';
import type { Suspect } from './model.js';
import { nameCause } from './name-cause.js';
import {
  type Weight,
  weighAlerts,
  weighAnomalies,
  weighChanges,
  weighErrors,
  weighTraces,
  weightOf,
} from './weigh-evidence.js';

const shown = 5;
/** How much of a callee's own weight is taken from its caller that fell ill no earlier. */
const propagated = 0.8;
const sameMomentMs = 1.5 * minuteMs;

/**
 * Suspects, strongest first. Every piece of evidence is weighed for one service; then a service that
 * calls an ill one and fell ill no earlier is held a victim and loses weight. Scores are shares of all
 * positive weight.
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
  return totals.slice(0, shown).map(([service, total]) => {
    const found = weights
      .filter((weight) => weight.service === service)
      .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
    const instance = culpritInstance(found);
    return {
      service,
      ...(instance === null ? {} : { instance }),
      kind: nameCause(service, evidence, onset),
      score: Number((total / all).toFixed(3)),
      evidence: found.map(({ weight, text, source }) => ({
        direction: weight >= 0 ? ('for' as const) : ('against' as const),
        text,
        source,
      })),
    };
  });
}

/** Trouble travels from what is called to who calls. */
function weighPropagation(evidence: Evidence, own: ReadonlyMap<string, number>): readonly Weight[] {
  const fellIll = new Map<string, number>();
  for (const { service, onset } of evidence.anomalies)
    fellIll.set(service, Math.min(onset, fellIll.get(service) ?? Infinity));
  return evidence.calls.flatMap(({ from, to }) => {
    const callee = own.get(to) ?? 0;
    const caller = own.get(from) ?? 0;
    if (callee <= 0.5 || caller <= 0 || from === to) return [];
    const [calleeOnset, callerOnset] = [fellIll.get(to), fellIll.get(from)];
    if (calleeOnset !== undefined && callerOnset !== undefined && calleeOnset > callerOnset + sameMomentMs)
      return [];
    const weight = -propagated * Math.min(caller, callee) * (callee / (callee + caller));
    return [
      {
        ...weightOf(from, weight, `calls ${to}, which is ill itself and fell ill no later`),
        source: 'get_service_dependencies',
      },
    ];
  });
}

function sums(weights: readonly Weight[]): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { service, weight } of weights) totals.set(service, (totals.get(service) ?? 0) + weight);
  return totals;
}

/** One instance is named only when it carries most of what is known of instances. */
function culpritInstance(weights: readonly Weight[]): string | null {
  const byInstance = new Map<string, number>();
  for (const { instance, weight } of weights)
    if (instance !== null && weight > 0) byInstance.set(instance, (byInstance.get(instance) ?? 0) + weight);
  const total = [...byInstance.values()].reduce((sum, weight) => sum + weight, 0);
  const [best] = [...byInstance].sort(([, a], [, b]) => b - a);
  return best && best[1] > 0.6 * total ? best[0] : null;
}
