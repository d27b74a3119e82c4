import type { Deployment } from '../deployments.js';

export interface DeploymentsOf {
  readonly backend: string;
  readonly deployments: readonly Deployment[];
}

/** What is written to a repository runs in the cluster a few minutes later. */
const togetherMs = 15 * 60_000;
const mostSystems = 5;

/**
 * All deployments, newest first. Those of two systems are the same when service and kind are, revision
 * or image is, and they are at most 15 minutes apart; the first system's record then stands, with what
 * it leaves open taken from the other, and `seenIn` names both.
 */
export function joinHistories(systems: readonly DeploymentsOf[]): readonly Deployment[] {
  let joined: readonly Deployment[] = [];
  for (const { backend, deployments } of systems) {
    const seen = deployments.map((one) => ({ ...one, seenIn: one.seenIn ?? [backend] }));
    joined = joinTwo(joined, seen);
  }
  return joined.toSorted((a, b) => b.time.getTime() - a.time.getTime());
}

function joinTwo(known: readonly Deployment[], more: readonly Deployment[]): readonly Deployment[] {
  const left = new Set(more);
  const merged = known.map((one) => {
    const [same] = [...left]
      .filter((other) => isSame(one, other))
      .toSorted((a, b) => distance(one, a) - distance(one, b));
    if (!same) return one;
    left.delete(same);
    return joinOne(one, same);
  });
  return [...merged, ...left];
}

function isSame(a: Deployment, b: Deployment): boolean {
  if (a.service !== b.service || kindOf(a) !== kindOf(b) || distance(a, b) > togetherMs) return false;
  if (a.image !== null && b.image !== null) return sameImage(a.image, b.image);
  return sameRevision(a.revision, b.revision);
}

/** Which of the two a change was called depends on what a system can tell. */
function kindOf({ kind }: Deployment): Deployment['kind'] {
  return kind === 'rollback' ? 'deployment' : kind;
}

/** One system may add the digest or leave out the registry's default name. */
function sameImage(a: string, b: string): boolean {
  const [short, long] = [a, b].map((image) => image.replace(/@sha256:[0-9a-f]+$/, '')).toSorted(byLength);
  return short !== undefined && short !== '' && (long === short || long?.endsWith(`/${short}`) === true);
}

/** Revisions of git are often shortened. */
function sameRevision(a: string, b: string): boolean {
  const [short = '', long = ''] = [a, b].toSorted(byLength);
  return short === long || (/^[0-9a-f]{7,}$/.test(short) && long.startsWith(short));
}

function byLength(a: string, b: string): number {
  return a.length - b.length;
}

function distance(a: Deployment, b: Deployment): number {
  return Math.abs(a.time.getTime() - b.time.getTime());
}

function joinOne(first: Deployment, second: Deployment): Deployment {
  return {
    ...first,
    version: first.version ?? second.version,
    image: first.image ?? second.image,
    diff: first.diff ?? second.diff,
    // What runs knows better than what was written whether it came to run.
    result: first.result === 'unknown' || second.result === 'failed' ? second.result : first.result,
    seenIn: [...new Set([...(first.seenIn ?? []), ...(second.seenIn ?? [])])].slice(0, mostSystems),
  };
}
