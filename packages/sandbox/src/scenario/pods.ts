import { shopServices } from '../company/services.js';
import { createRandom } from '../random.js';
import type { Leak, Rollout } from './model.js';

/** One instance of a service. Times are Unix time in microseconds. */
export interface Pod {
  readonly service: string;
  readonly name: string;
  readonly version: string;
  readonly node: string;
  readonly ip: string;
  readonly startUs: number;
  readonly endUs: number;
  /** Kills of its container: when, and when it serves again. */
  readonly restarts: readonly { readonly atUs: number; readonly backUs: number }[];
  /** How fast it leaks compared with its service; 0 when it does not. */
  readonly leakRate: number;
}

/** All instances that live within the window, in order of service and start. */
export function planPods(options: {
  readonly seed: number;
  readonly startMs: number;
  readonly nowMs: number;
  readonly rollouts: readonly Rollout[];
  readonly leakOf: (service: string) => Leak | undefined;
}): readonly Pod[] {
  return shopServices.flatMap((service) => {
    const rollouts = options.rollouts
      .filter((rollout) => rollout.service === service.name)
      .sort((a, b) => a.atMs - b.atMs);
    const random = createRandom(`pods/${options.seed}/${service.name}`);
    const agedMs = random.between(3, 40) * 3_600_000;
    const versions = [{ version: service.version, atMs: options.startMs - agedMs }, ...rollouts];
    return versions.flatMap(({ version, atMs }, generation) => {
      const hash = createRandom(`replica-set/${service.name}/${version}`).name(10);
      const nextMs = versions[generation + 1]?.atMs;
      return Array.from({ length: service.replicas }, (_, index): Pod => {
        // Rolling: each new instance takes over from an old one, half a minute apart.
        const startUs = Math.round((atMs + index * 25_000) * 1_000);
        const endUs =
          nextMs === undefined ? Number.MAX_SAFE_INTEGER : Math.round((nextMs + index * 25_000) * 1_000);
        const leak = options.leakOf(service.name);
        const leakRate = leak?.version === version ? 1.07 - index * 0.05 : 0;
        return {
          service: service.name,
          name: `${service.name}-${hash}-${random.name(5)}`,
          version,
          node: `node-${1 + random.int(6)}`,
          ip: `10.42.${random.int(6)}.${10 + random.int(240)}`,
          startUs,
          endUs,
          restarts: leak === undefined || leakRate === 0 ? [] : kills(startUs, leak, leakRate, options.nowMs),
          leakRate,
        };
      });
    });
  });
}

/** When the container was started that runs at this time. */
export function containerStartUs(pod: Pod, atUs: number): number {
  let start = pod.startUs;
  for (const restart of pod.restarts) if (restart.backUs <= atUs) start = restart.backUs;
  return start;
}

export function restartsUntil(pod: Pod, atUs: number): number {
  return pod.restarts.filter((restart) => restart.atUs <= atUs).length;
}

export function isServing(pod: Pod, atUs: number): boolean {
  if (atUs < pod.startUs || atUs >= pod.endUs) return false;
  return !pod.restarts.some((restart) => atUs >= restart.atUs && atUs < restart.backUs);
}

/** A killed container still gets requests until its endpoint is taken away. */
export function isRefusing(pod: Pod, atUs: number): boolean {
  return pod.restarts.some((restart) => atUs >= restart.atUs && atUs < restart.atUs + refusingUs);
}

const refusingUs = 14_000_000;
const comesBackUs = 32_000_000;

function kills(startUs: number, leak: Leak, rate: number, nowMs: number): Pod['restarts'] {
  const restarts: { atUs: number; backUs: number }[] = [];
  const lifeUs = Math.round((leak.fullAfterMs * 1_000) / rate);
  for (let atUs = startUs + lifeUs; atUs < nowMs * 1_000; atUs += lifeUs + comesBackUs)
    restarts.push({ atUs, backUs: atUs + comesBackUs });
  return restarts;
}
