import { type Evidence, minuteMs } from './evidence.js';
import { type Weight, weightOf } from './weigh-evidence.js';

/** How much of a callee's own weight is taken from its caller that fell ill no earlier. */
const propagated = 0.8;
/** Each further call in between weakens it. */
const perCall = 0.9;
const mostCalls = 4;
const leastCallee = 0.5;
/** Metrics are samples a minute or two apart. */
const sameMomentMs = 3 * minuteMs;

/**
 * Trouble travels from what is called to who calls: a service that calls an ill one, be it through
 * others, and fell ill no earlier loses weight.
 */
export function weighPropagation(evidence: Evidence, own: ReadonlyMap<string, number>): readonly Weight[] {
  const fellIll = new Map<string, number>();
  for (const { service, onset, lasting } of evidence.anomalies)
    if (lasting) fellIll.set(service, Math.min(onset, fellIll.get(service) ?? Number.POSITIVE_INFINITY));
  return [...own].flatMap(([service, weight]) => {
    if (weight <= 0) return [];
    const since = fellIll.get(service);
    const ill = [...reachable(service, evidence)]
      .map(([name, calls]) => ({ name, calls, callee: (own.get(name) ?? 0) * perCall ** (calls - 1) }))
      .filter(({ callee }) => callee > leastCallee)
      .filter(({ name }) => isNoLater(fellIll.get(name), since))
      .sort((a, b) => b.callee - a.callee);
    const [cause] = ill;
    if (cause === undefined) return [];
    const taken = -propagated * weight * (cause.callee / (cause.callee + weight));
    const through = cause.calls > 1 ? ' through others' : '';
    const text = `calls ${cause.name}${through}, which is ill itself and fell ill no later`;
    return [{ ...weightOf(service, taken, text), source: 'get_service_dependencies' }];
  });
}

function isNoLater(callee: number | undefined, caller: number | undefined): boolean {
  return callee === undefined || caller === undefined || callee <= caller + sameMomentMs;
}

/** What a service calls, directly and through others, with the number of calls in between. */
function reachable(service: string, { calls }: Evidence): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  let edge = [service];
  for (let depth = 1; depth <= mostCalls && edge.length > 0; depth += 1) {
    const next = calls.filter(({ from }) => edge.includes(from)).map(({ to }) => to);
    edge = [...new Set(next)].filter((name) => name !== service && !found.has(name));
    for (const name of edge) found.set(name, depth);
  }
  return found;
}
