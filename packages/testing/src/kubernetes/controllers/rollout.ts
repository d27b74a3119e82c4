import { at, type KubeObject, numberAt } from '../object.js';

export interface Sizes {
  /** Replicas wanted of the new set and of each old one. */
  readonly next: number;
  readonly old: readonly number[];
}

export interface RolloutState {
  readonly wanted: number;
  readonly next: { readonly replicas: number; readonly available: number };
  readonly old: readonly { readonly replicas: number; readonly available: number }[];
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** `maxSurge` rounded up and `maxUnavailable` rounded down, and never both zero, as the API documents them. */
export function bounds(deployment: KubeObject): Pick<RolloutState, 'maxSurge' | 'maxUnavailable'> {
  const wanted = numberAt(deployment, 'spec', 'replicas') ?? 1;
  const rolling = at(deployment, 'spec', 'strategy', 'rollingUpdate');
  const maxSurge = share(at(rolling, 'maxSurge'), wanted, Math.ceil);
  const maxUnavailable = share(at(rolling, 'maxUnavailable'), wanted, Math.floor);
  return { maxSurge, maxUnavailable: maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable };
}

function share(value: unknown, of: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(String(value ?? '25%'))?.[1];
  return round((Number(percent ?? 25) * of) / 100);
}

/** The next step of a rolling update: up as far as the surge allows, down as far as enough stay available. */
export function rollingStep({ wanted, next, old, maxSurge, maxUnavailable }: RolloutState): Sizes {
  const oldTotal = old.reduce((sum, each) => sum + each.replicas, 0);
  const room = wanted + maxSurge - oldTotal - next.replicas;
  const grown = next.replicas > wanted ? wanted : Math.min(wanted, next.replicas + Math.max(0, room));
  const available = next.available + old.reduce((sum, each) => sum + each.available, 0);
  let spare = Math.max(0, available - (wanted - maxUnavailable));
  const shrunk = old.map((each) => {
    // What is not available goes first and costs nothing.
    const idle = each.replicas - each.available;
    const down = Math.min(each.available, spare);
    spare -= down;
    return each.replicas - Math.min(each.replicas, idle + down);
  });
  return { next: grown, old: shrunk };
}

export function recreateStep(
  wanted: number,
  old: readonly { readonly replicas: number; readonly pods: number }[],
): Sizes {
  const gone = old.every(({ pods }) => pods === 0);
  return { next: gone ? wanted : 0, old: old.map(() => 0) };
}
