import type { Operation } from '../company/model.js';
import { quirks } from '../company/quirks.js';
import { isRefusing, isServing, type Pod } from '../scenario/pods.js';
import { memoryLevel } from './meters.js';
import { takeSteps } from './take-steps.js';
import type { Trip } from './trip.js';
import { finish, logLine, type Served, type Trouble, type Work, type World } from './work.js';

/** Serves one operation and all that it calls; leaves spans, log lines and measurements behind. */
export function serve(
  world: World,
  operation: Operation,
  startUs: number,
  parentSpanId: string,
  trip: Trip,
): Served {
  const pod = choosePod(world, operation.service, startUs);
  if (pod === undefined || isRefusing(pod, startUs)) return { endUs: startUs + 1_400, status: 0 };
  const effect = world.scenario.effectOn(operation, startUs, pod);
  const slower = (effect?.slower ?? 1) * collectorPressure(world, pod, startUs);
  const spanId = trip.sampled || trip.logged ? world.ids.hex(16) : '';
  const work: Work = { world, operation, pod, trip, spanId, slower, atUs: startUs };
  const ownUs =
    world.random.skewed(operation.selfMs, 0.3) * slower * 1_000 * (world.random.chance(0.006) ? 6 : 1);
  work.atUs += Math.round(ownUs * 0.5);
  logLine(work, 0);
  const failure = effect?.failure;
  const failed = failure !== undefined && world.random.chance(failure.share);
  const trouble: Trouble | undefined = failed
    ? { status: failure.status, level: 'ERROR', line: failure.line, exception: failure.exception }
    : (quirkOf(work) ?? takeSteps(work, serve));
  work.atUs += Math.round(ownUs * 0.5) + 40;
  finish(work, startUs, parentSpanId, trouble);
  return { endUs: work.atUs, status: trouble?.status ?? operation.success };
}

function choosePod(world: World, service: string, atUs: number): Pod | undefined {
  const pods = world.pods.get(service) ?? [];
  const ready = pods.filter((pod) => isServing(pod, atUs) || (isRefusing(pod, atUs) && atUs < pod.endUs));
  return ready.length === 0 ? undefined : world.random.pick(ready);
}

/** A nearly full heap costs time: collections run more and more often. */
function collectorPressure(world: World, pod: Pod, atUs: number): number {
  if (pod.leakRate === 0) return 1;
  const level = memoryLevel(pod, atUs, world.scenario.leakOf(pod.service));
  return level < 0.7 ? 1 : 1 + 14 * ((level - 0.7) / 0.3) ** 2;
}

function quirkOf(work: Work): Trouble | undefined {
  const { operation, world } = work;
  for (const quirk of quirks) {
    if (quirk.service !== operation.service || quirk.operation !== operation.name) continue;
    if (!world.random.chance(quirk.share)) continue;
    const level = quirk.level === 'error' ? 'ERROR' : 'WARN';
    return { status: quirk.status, level, line: quirk.line, exception: quirk.exception };
  }
  return undefined;
}
