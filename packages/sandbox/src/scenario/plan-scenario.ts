import type { IncidentKind } from '../incident-kinds.js';
import { createRandom, type Random } from '../random.js';
import { type BadVersion, badDeployments, badMigrations } from './bad-deployments.js';
import { harmlessDeployments, harmlessSettings } from './harmless-changes.js';
import type { PlannedChange, Rollout, Scenario } from './model.js';
import { leakingVersions, outages } from './outages-and-leaks.js';

/** Time from the commit to the first new instance: the controller's interval and the start. */
const rolloutMs = 96_000;
const minuteMs = 60_000;

/** Decides what happens and when. The same options give the same scenario. */
export function planScenario(options: {
  readonly kind: IncidentKind;
  readonly seed: number;
  readonly nowMs: number;
  readonly hours: number;
}): Scenario {
  const random = createRandom(`scenario/${options.kind}/${options.seed}`);
  const base = {
    kind: options.kind,
    seed: options.seed,
    nowMs: options.nowMs,
    startMs: options.nowMs - options.hours * 60 * minuteMs,
    effectOn: () => undefined,
    faultOf: () => undefined,
    leakOf: () => undefined,
  };
  const plan = { random, base, recently: options.nowMs - Math.round(random.between(38, 50) * minuteMs) };
  switch (options.kind) {
    case 'bad_deployment':
      return faultyVersion(plan, chosen(badDeployments, options.seed));
    case 'irreversible_migration':
      return faultyVersion(plan, chosen(badMigrations, options.seed));
    case 'dependency_outage':
      return outage(plan, options.seed);
    case 'memory_leak':
      return leak(plan, options.seed, options.hours);
    case 'quiet_day':
      return withChanges(plan, null, [decoy(plan, [], plan.recently)]);
  }
}

interface Plan {
  readonly random: Random;
  readonly base: Omit<Scenario, 'culprit' | 'rollouts' | 'changes'>;
  readonly recently: number;
}

function faultyVersion(plan: Plan, bad: BadVersion): Scenario {
  const onsetMs = plan.recently;
  const cause: PlannedChange = {
    id: 'cause',
    service: bad.service,
    committedMs: onsetMs - rolloutMs,
    title: bad.title,
    body: bad.body,
    version: bad.version,
    source: bad.source,
    ...(bad.migration === undefined ? {} : { migration: bad.migration }),
  };
  const decoyAt = onsetMs - Math.round(plan.random.between(6, 14) * minuteMs);
  const scenario = withChanges(plan, { service: bad.service, resource: null, onsetMs }, [
    cause,
    decoy(plan, [bad.service], decoyAt),
  ]);
  return {
    ...scenario,
    effectOn(operation, _atUs, pod) {
      if (operation.service !== bad.service || pod.version !== bad.version) return undefined;
      return bad.routes.includes(operation.name)
        ? { slower: bad.slower, failure: bad.failure }
        : { slower: Math.sqrt(bad.slower) };
    },
  };
}

function outage(plan: Plan, seed: number): Scenario {
  const chosenOutage = chosen(outages, seed);
  const onsetMs = plan.recently;
  const decoyAt = onsetMs - Math.round(plan.random.between(4, 9) * minuteMs);
  const others = harmlessDeployments
    .map((change) => change.service)
    .filter((name) => name !== chosenOutage.decoy);
  const scenario = withChanges(
    plan,
    { service: chosenOutage.service, resource: chosenOutage.resource, onsetMs },
    [decoy(plan, others, decoyAt)],
  );
  return {
    ...scenario,
    faultOf: (resource, atUs) =>
      resource === chosenOutage.resource && atUs >= onsetMs * 1_000 ? chosenOutage.fault : undefined,
  };
}

function leak(plan: Plan, seed: number, hours: number): Scenario {
  const leaking = chosen(leakingVersions, seed);
  const lastsMs = Math.round(hours * 0.7 * 60 * minuteMs);
  const onsetMs = plan.base.nowMs - lastsMs;
  // Nearly two fillings until now: instances were killed once, and the fastest a second time just now.
  const fullAfterMs = Math.round(lastsMs / 1.98);
  const { source, config, title, body, service, version } = leaking;
  const committedMs = onsetMs - rolloutMs;
  const cause: PlannedChange = { id: 'cause', service, version, committedMs, title, body, source, config };
  const scenario = withChanges(plan, { service, resource: null, onsetMs }, [
    cause,
    decoy(plan, [service], plan.recently),
  ]);
  return {
    ...scenario,
    leakOf: (name) => (name === service ? { version, fullAfterMs } : undefined),
  };
}

/** A harmless deployment at that time, of a service that is not on the list. */
function decoy(plan: Plan, without: readonly string[], atMs: number): PlannedChange {
  const candidates = harmlessDeployments.filter((change) => !without.includes(change.service));
  return { ...plan.random.pick(candidates), id: 'decoy', committedMs: atMs - rolloutMs };
}

function withChanges(plan: Plan, culprit: Scenario['culprit'], changes: readonly PlannedChange[]): Scenario {
  const { startMs, nowMs } = plan.base;
  const settings: PlannedChange = {
    ...plan.random.pick(harmlessSettings),
    id: 'routine',
    committedMs: Math.round(startMs + (nowMs - startMs) * plan.random.between(0.3, 0.6)),
  };
  const all = [...changes, settings].sort((a, b) => a.committedMs - b.committedMs);
  const rollouts = all.flatMap((change): Rollout[] =>
    change.version === undefined
      ? []
      : [{ service: change.service, version: change.version, atMs: change.committedMs + rolloutMs }],
  );
  return { ...plan.base, culprit, rollouts, changes: all };
}

/** Seeds walk through the list, so that neighbouring seeds give different incidents. */
function chosen<T>(list: readonly T[], seed: number): T {
  const length = list.length;
  const entry = list[(((seed - 1) % length) + length) % length];
  if (entry === undefined) throw new RangeError('There is no incident of this kind.');
  return entry;
}
