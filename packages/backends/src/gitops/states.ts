import type { Commit } from './commit-log.js';
import { type DocumentCache, type Manifests, versionOf } from './manifests.js';
import { listTree, type Repository, readBlobs } from './repository.js';
import { assembleManifests, isManifest, type ServicePath } from './service-path.js';

/** A deployment of one service before its manifests are read. */
export interface Step {
  readonly owner: ServicePath;
  readonly commit: Commit;
  /** The commits on the branch since the deployment before, this one first. */
  readonly commits: readonly Commit[];
  /** Place on the branch, 0 is newest. */
  readonly place: number;
}

/** What manifests said at each step; read when first asked for. */
export interface States {
  manifestsOf(step: Step): Manifests;
  /** Whether this image was the service's at the step. */
  ran(step: Step, image: string): boolean;
}

interface File {
  readonly path: string;
  readonly blob: string;
}

/** Undoes the log step by step from the tree of `head`, so that no process per commit is needed. */
export async function statesAt(
  repository: Repository,
  range: { readonly head: string; readonly log: readonly Commit[]; readonly steps: readonly Step[] },
  environment: string,
  signal: AbortSignal,
): Promise<States> {
  const trees = await treesAt(repository, range, signal);
  const ids = [...trees.values()].flat().map((file) => file.blob);
  const blobs = await readBlobs(repository.git, ids, signal);
  const cache: DocumentCache = new Map();
  const known = new Map<Step, Manifests>();
  const manifestsOf = (step: Step): Manifests => {
    const found =
      known.get(step) ??
      assembleManifests(trees.get(step) ?? [], blobs, step.owner.service, environment, cache);
    known.set(step, found);
    return found;
  };
  return {
    manifestsOf,
    ran(step, image) {
      // Reading YAML is what takes the time here, and few steps name the version at all.
      const version = versionOf(image) ?? image;
      const names = (trees.get(step) ?? []).some((file) => blobs.get(file.blob)?.includes(version));
      return names && manifestsOf(step).image?.value === image;
    },
  };
}

async function treesAt(
  repository: Repository,
  {
    head,
    log,
    steps,
  }: { readonly head: string; readonly log: readonly Commit[]; readonly steps: readonly Step[] },
  signal: AbortSignal,
): Promise<ReadonlyMap<Step, readonly File[]>> {
  const trees = new Map<Step, readonly File[]>();
  if (steps.length === 0) return trees;
  const folders = [...new Set(steps.map((step) => step.owner.path))];
  const entries = await listTree(repository.git, head, folders, signal);
  const tree = new Map(entries.map((entry) => [entry.path, entry.blob] as const));
  const byPlace = new Map<number, Step[]>();
  for (const step of steps) byPlace.set(step.place, [...(byPlace.get(step.place) ?? []), step]);
  for (let place = 0; place <= Math.max(...byPlace.keys()); place++) {
    for (const step of byPlace.get(place) ?? []) trees.set(step, manifestsIn(tree, step.owner));
    for (const file of log[place]?.files ?? []) {
      if (file.before === null) tree.delete(file.path);
      else tree.set(file.path, file.before);
    }
  }
  return trees;
}

function manifestsIn(tree: ReadonlyMap<string, string>, owner: ServicePath): readonly File[] {
  return [...tree].filter(([path]) => isManifest(owner.path, path)).map(([path, blob]) => ({ path, blob }));
}
