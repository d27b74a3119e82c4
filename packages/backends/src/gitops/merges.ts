import { ancestry, type Commit, singleCommits } from './commit-log.js';
import type { Git } from './git.js';
import { insideOf } from './service-path.js';

/**
 * For each merge on the branch, the single commits that it brought in and that touch a folder: those
 * reachable from the merged side and from nothing older on the branch. Two processes for all merges.
 */
export async function commitsOfMerges(
  git: Git,
  range: { readonly head: string; readonly mainline: readonly Commit[]; readonly folders: readonly string[] },
  signal: AbortSignal,
): Promise<(merge: string, folder: string) => readonly Commit[]> {
  const merges = range.mainline.filter((commit) => commit.parents.length > 1);
  if (merges.length === 0) return () => [];
  const oldest = range.mainline.at(-1)?.parents[0];
  const revisions = oldest === undefined ? [range.head] : [range.head, `^${oldest}`];
  const [parents, singles] = await Promise.all([
    ancestry(git, revisions, signal),
    singleCommits(git, revisions, range.folders, signal),
  ]);
  const broughtBy = attribute(range.head, parents, merges);
  return (merge, folder) =>
    singles.filter(
      (commit) =>
        broughtBy.get(commit.id) === merge &&
        commit.files.some((file) => insideOf(folder, file.path) !== undefined),
    );
}

/** Commit to the oldest merge on the branch that reaches it. */
function attribute(
  head: string,
  parents: ReadonlyMap<string, readonly string[]>,
  merges: readonly Commit[],
): ReadonlyMap<string, string> {
  const mainline = new Set<string>();
  for (let id: string | undefined = head; id !== undefined; id = parents.get(id)?.[0]) mainline.add(id);
  const owner = new Map<string, string>();
  for (const merge of merges.toReversed()) {
    const open = [...merge.parents.slice(1)];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (mainline.has(id) || owner.has(id)) continue;
      owner.set(id, merge.id);
      open.push(...(parents.get(id) ?? []));
    }
  }
  return owner;
}
