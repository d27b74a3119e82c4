import { ToolError, type Truncation } from '@devops-mcp/contract';
import type { RevisionDiff } from '@devops-mcp/domain';
import { areaOf, areasByWeight } from './areas.js';
import { singleCommits } from './commit-log.js';
import { unifiedDiff } from './line-diff.js';
import { maskText } from './masking.js';
import {
  isAncestor,
  largestBlobBytes,
  listTree,
  type Repository,
  readBlobs,
  type TreeEntry,
} from './repository.js';
import { insideOf, loadManifests, type ServicePath, unknownService } from './service-path.js';
import { summarise } from './summary.js';

type FileDiff = RevisionDiff['files'][number];

interface Pair {
  readonly path: string;
  readonly before: TreeEntry | undefined;
  readonly after: TreeEntry | undefined;
  /** The path that the same content had before. */
  readonly renamedFrom?: string;
}

const mostFiles = 200;
const longestPatch = 20_000;
const longestLine = 500;

/** What lies between two commits of a service, files in the order of what they can do. */
export async function diffRevisions(
  repository: Repository,
  owner: ServicePath,
  range: { readonly from: string; readonly to: string; readonly environment: string },
  signal: AbortSignal,
): Promise<{ readonly diff: RevisionDiff; readonly truncation: Truncation | undefined }> {
  const { from, to, environment } = range;
  const { git } = repository;
  const [old, now, backwards] = await Promise.all([
    listTree(git, from, [owner.path], signal),
    listTree(git, to, [owner.path], signal),
    isAncestor(repository, to, from, signal),
  ]);
  if (old.length === 0 && now.length === 0) throw unknownService(owner.service, owner.path);
  const [before, after, commits] = await Promise.all([
    loadManifests(repository, owner, old, environment, signal),
    loadManifests(repository, owner, now, environment, signal),
    singleCommits(git, backwards ? [from, `^${to}`] : [to, `^${from}`], [owner.path], signal),
  ]);
  const pairs = pairFiles(owner.path, old, now);
  const shown = pairs.slice(0, mostFiles);
  const diff: RevisionDiff = {
    from,
    to,
    summary: summarise({
      folder: owner.path,
      commits,
      count: commits.length,
      changed: pairs.map((pair) => pair.path),
      before,
      after,
    }),
    files: await patches(repository, shown, signal),
  };
  const truncation = pairs.length > shown.length ? cutAt(shown.length, pairs.length) : undefined;
  return { diff, truncation };
}

/** The difference of two versions of a file as it may be shown; undefined on either side: not there. */
export function maskedPatch(path: string, before: Buffer | undefined, after: Buffer | undefined): string {
  if (before?.includes(0) || after?.includes(0)) return '(binary file)\n';
  const show = (content: Buffer | undefined) => maskText(path, content?.toString('utf8') ?? '');
  const patch = unifiedDiff(show(before), show(after));
  if (patch === '') return '(differs in masked values only)\n';
  const lines = patch
    .split('\n')
    .map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)}...` : line))
    .join('\n');
  if (lines.length <= longestPatch) return lines;
  return `${lines.slice(0, lines.lastIndexOf('\n', longestPatch) + 1)}(patch cut after ${longestPatch} characters)\n`;
}

function pairFiles(folder: string, old: readonly TreeEntry[], now: readonly TreeEntry[]): readonly Pair[] {
  const before = new Map(old.map((entry) => [entry.path, entry] as const));
  const after = new Map(now.map((entry) => [entry.path, entry] as const));
  const gone = new Map(
    old.filter((entry) => !after.has(entry.path)).map((entry) => [entry.blob, entry] as const),
  );
  const moved = new Set<string>();
  const changed = now.flatMap((entry): readonly Pair[] => {
    const was = before.get(entry.path);
    if (was?.blob === entry.blob) return [];
    const source = was === undefined ? gone.get(entry.blob) : undefined;
    if (source === undefined) return [{ path: entry.path, before: was, after: entry }];
    moved.add(source.path);
    return [{ path: entry.path, before: source, after: entry, renamedFrom: source.path }];
  });
  const deleted = old
    .filter((entry) => !after.has(entry.path) && !moved.has(entry.path))
    .map((entry) => ({ path: entry.path, before: entry, after: undefined }));
  const weight = (pair: Pair) => areasByWeight.indexOf(areaOf(insideOf(folder, pair.path) ?? pair.path));
  return [...changed, ...deleted].toSorted((a, b) => weight(a) - weight(b) || (a.path < b.path ? -1 : 1));
}

async function patches(
  repository: Repository,
  pairs: readonly Pair[],
  signal: AbortSignal,
): Promise<readonly FileDiff[]> {
  const ids = pairs.flatMap((pair) => [pair.before?.blob, pair.after?.blob].filter((id) => id !== undefined));
  const blobs = await readBlobs(repository.git, ids, signal);
  return pairs.map((pair): FileDiff => {
    const status = statusOf(pair);
    if (pair.renamedFrom !== undefined)
      return { path: pair.path, status, patch: `renamed from ${pair.renamedFrom}\n` };
    const tooLarge = [pair.before, pair.after].some((entry) => entry && !blobs.has(entry.blob));
    if (tooLarge)
      return { path: pair.path, status, patch: `(larger than ${largestBlobBytes} bytes, not shown)\n` };
    const content = (entry: TreeEntry | undefined) => entry && blobs.get(entry.blob);
    return {
      path: pair.path,
      status,
      patch: maskedPatch(pair.path, content(pair.before), content(pair.after)),
    };
  });
}

function statusOf(pair: Pair): FileDiff['status'] {
  if (pair.renamedFrom !== undefined) return 'renamed';
  if (pair.before === undefined) return 'added';
  return pair.after === undefined ? 'deleted' : 'modified';
}

function cutAt(returned: number, total: number): Truncation {
  return { returned, total, more: true, howToGetMore: 'Compare two revisions that lie closer together.' };
}

/** Both ends of a difference must be commits that exist. */
export function sameRevision(from: string, to: string): ToolError | undefined {
  if (from !== to) return undefined;
  return new ToolError('invalid_input', 'Both revisions are the same commit.', {
    hint: 'Give two different revisions of get_deployment_history.',
  });
}
