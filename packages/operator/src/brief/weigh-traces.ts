import { milliseconds, percent } from './describe-fact.js';
import type { Evidence, OperationFact } from './evidence.js';
import { mentions } from './mentions.js';
import { confidenceOf } from './significance.js';
import type { Weight } from './weigh-evidence.js';

const most = 3;
const leastBlame = 0.02;
/** One instance is blamed when it carries this much of what was seen on several. */
const culpritShare = 0.75;
/** A caller waits for one service when so much of its added time lies in calls to it. */
const waitingShare = 2 / 3;

interface Merged {
  readonly blamed: string;
  readonly caller: string;
  readonly instance: string | null;
  readonly operation: string;
  readonly parts: readonly OperationFact[];
  readonly blame: number;
  readonly weight: number;
}

/**
 * Where the added time and errors arise, one piece of evidence for each operation of a service, its
 * instances together. Time that a caller spends mostly in calls to one service is waiting for that service
 * or for the network to it; in calls to several, the caller itself is slow.
 */
export function weighTraces(evidence: Evidence): readonly Weight[] {
  const waitedFor = calleesWaitedFor(evidence);
  const groups = new Map<string, OperationFact[]>();
  for (const found of evidence.operations) {
    const key = `${found.service}\n${found.operation}`;
    groups.set(key, [...(groups.get(key) ?? []), found]);
  }
  return [...groups.values()]
    .map((parts) => merge(parts, evidence, waitedFor))
    .filter(({ blame, weight }) => blame >= leastBlame && weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map((merged) => ({
      service: merged.blamed,
      instance: merged.instance,
      weight: merged.weight,
      text: describe(merged),
      source: 'compare_traces',
    }));
}

/** For each caller the one callee in calls to which most of its added time lies, if there is one. */
function calleesWaitedFor(evidence: Evidence): ReadonlyMap<string, string> {
  const byCaller = new Map<string, Map<string | null, number>>();
  for (const operation of evidence.operations) {
    const weight = operation.blame * confidenceOf(operation);
    const parts = byCaller.get(operation.service) ?? new Map<string | null, number>();
    const callee = calleeOf(operation, evidence);
    parts.set(callee, (parts.get(callee) ?? 0) + weight);
    byCaller.set(operation.service, parts);
  }
  const found = new Map<string, string>();
  for (const [caller, parts] of byCaller) {
    const all = sum([...parts.values()], (weight) => weight);
    for (const [callee, weight] of parts)
      if (callee !== null && all > 0 && weight >= waitingShare * all) found.set(caller, callee);
  }
  return found;
}

/** Remote calls are named after what they call (`shop.ShippingService/GetQuote`) where the peer is not told. */
function calleeOf({ service, operation, peer }: OperationFact, { calls }: Evidence): string | null {
  if (peer !== null && peer !== service) return peer;
  const known = calls.filter(({ from, to }) => from === service && to !== service).map(({ to }) => to);
  return known.find((name) => mentions(operation, name)) ?? null;
}

function merge(
  parts: readonly OperationFact[],
  evidence: Evidence,
  waitedFor: ReadonlyMap<string, string>,
): Merged {
  const [first] = parts;
  const caller = first?.service ?? '';
  const callee = first === undefined ? null : calleeOf(first, evidence);
  const waits = callee !== null && waitedFor.get(caller) === callee;
  const blame = sum(parts, (part) => part.blame);
  const weight = most * sum(parts, (part) => part.blame * confidenceOf(part));
  return {
    ...{ parts, blame, weight, caller },
    blamed: waits ? callee : caller,
    operation: first?.operation ?? '',
    instance: waits ? null : culprit(parts, blame, evidence),
  };
}

function culprit(parts: readonly OperationFact[], blame: number, { operations }: Evidence): string | null {
  const worst = parts.reduce((a, b) => (b.blame > a.blame ? b : a));
  const seen = operations.filter(({ service }) => service === worst.service);
  const instances = new Set(seen.map(({ instance }) => instance));
  // A lone instance is the service; naming it tells nothing, yet is right.
  return worst.blame > culpritShare * blame && (instances.size === 1 || parts.length > 1)
    ? worst.instance
    : null;
}

function describe({ parts, blame, operation, blamed, caller }: Merged): string {
  const mean = (of: (part: OperationFact) => number) => sum(parts, (part) => of(part) * part.calls) / calls;
  const calls = Math.max(
    1,
    sum(parts, (part) => part.calls),
  );
  const largest = (of: (part: OperationFact) => number) => Math.max(...parts.map(of));
  const own = `${milliseconds(largest((part) => part.previousSelfMs))} to ${milliseconds(largest((part) => part.selfMs))}`;
  const [before, now] = [mean((part) => part.previousErrorShare), mean((part) => part.errorShare)];
  const errors = now - before > 0.005 ? `, errors ${percent(before)} to ${percent(now)}` : '';
  const where = parts.length > 1 ? ` on ${parts.length} instances` : '';
  return blamed === caller
    ? `${percent(blame)} of the added time and errors arise in ${operation}${where}: own time ${own}${errors}`
    : `${percent(blame)} of the added time and errors arise in ${caller} waiting for it, in ${operation}${where}: ${own}${errors}`;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
