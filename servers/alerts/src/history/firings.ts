import type { Severity } from '@devops-mcp/contract';
import type { Alert, AlertTransition, Window } from '@devops-mcp/domain';

/** One firing as far as it lies in the window. */
export interface Firing {
  readonly start: Date;
  /** Null while it fires at the end of the window. */
  readonly end: Date | null;
  /** It began before the window. */
  readonly earlier: boolean;
  readonly value: number | null;
}

/** An alert rule on a service: the firings of all its instances. */
export interface AlertHistory {
  readonly name: string;
  readonly service: string | null;
  readonly severity: Severity;
  /** In order of start. */
  readonly firings: readonly Firing[];
}

/** Firings within this time of the end before them count as flapping. */
const flapMs = 15 * 60_000;
/** So many repeats count as full flapping when there are no others. */
const fullFlap = 5;

/** Pairs transitions to firings; `before` are the alerts that fired when the window began. */
export function historiesFrom(
  transitions: readonly AlertTransition[],
  before: readonly Alert[],
  window: Window,
): readonly AlertHistory[] {
  const rules = new Map<string, { rule: Omit<AlertHistory, 'firings'>; firings: Firing[] }>();
  const open = new Map<string, { readonly into: Firing[]; readonly firing: Omit<Firing, 'end'> }>();
  const ruleOf = (one: AlertTransition | Alert) => {
    const key = JSON.stringify([one.name, one.service]);
    const known = rules.get(key);
    if (known) return known;
    const { name, service, severity } = one;
    const made = { rule: { name, service, severity }, firings: [] };
    rules.set(key, made);
    return made;
  };
  const keyOf = (one: AlertTransition | Alert) => JSON.stringify([one.name, one.service, one.fingerprint]);
  for (const alert of before.filter(({ since }) => since < window.start)) {
    const firing = { start: window.start, earlier: true, value: alert.value };
    open.set(keyOf(alert), { into: ruleOf(alert).firings, firing });
  }
  for (const one of transitions) {
    const { firings } = ruleOf(one);
    const current = open.get(keyOf(one));
    if (one.state === 'resolved') {
      // Without a start it began before the window and nobody said so.
      const unseen = { start: window.start, earlier: true, value: one.value };
      firings.push({ ...(current?.firing ?? unseen), end: one.time });
      open.delete(keyOf(one));
    } else if (!current) {
      const firing = { start: one.time, earlier: false, value: one.value };
      open.set(keyOf(one), { into: firings, firing });
    }
  }
  for (const { into, firing } of open.values()) into.push({ ...firing, end: null });
  return [...rules.values()].map(({ rule, firings }) => ({
    ...rule,
    firings: firings.toSorted((a, b) => a.start.getTime() - b.start.getTime()),
  }));
}

/** Seconds of the window in which at least one instance fired. */
export function secondsFiring(firings: readonly Firing[], window: Window): number {
  let covered = 0;
  let until = window.start.getTime();
  for (const { start, end } of firings) {
    const from = Math.max(start.getTime(), until);
    const to = Math.min((end ?? window.end).getTime(), window.end.getTime());
    if (to > from) covered += to - from;
    until = Math.max(until, to);
  }
  return Math.round(covered / 1000);
}

/**
 * How much the alert flaps, 0 to 1: firings that began within 15 minutes of the end of the one
 * before, divided by the number of repeats, of which at least 5 are assumed so that one quick
 * repeat does not count as flapping: quick / max(5, firings - 1). Counted over all instances.
 */
export function flapScore(firings: readonly Firing[]): number {
  let quick = 0;
  let lastEnd: Date | undefined;
  for (const { start, end } of firings) {
    if (lastEnd && start >= lastEnd && start.getTime() - lastEnd.getTime() <= flapMs) quick += 1;
    if (end && (!lastEnd || end > lastEnd)) lastEnd = end;
  }
  return Math.round((quick / Math.max(fullFlap, firings.length - 1)) * 100) / 100;
}
