import { ToolError } from '@devops-mcp/contract';
import type { DesiredState, PlannedChange } from '@devops-mcp/domain';
import { areaOf, determinesWhatRuns } from './areas.js';
import { type FileEdit, sha256 } from './change.js';
import { serviceStateAt } from './desired.js';
import { versionOf } from './manifests.js';
import { maskText } from './masking.js';
import { type PlanBase, planEdits } from './plan.js';
import { isAncestor, readBlobs, resolveRevision, type TreeEntry } from './repository.js';
import { insideOf } from './service-path.js';

/**
 * Brings the files that determine what runs (manifests, configuration, flags) back to what they
 * were at a revision; files made since are removed. Migrations, sources, tests and documents stay:
 * they do not run from here, and a database does not go back because its scripts do.
 */
export async function planRollback(
  base: PlanBase,
  revision: string,
  signal: AbortSignal,
): Promise<PlannedChange> {
  const { repository, environment, state } = base;
  const target = await resolveRevision(repository, revision, signal);
  // Anybody who may push a branch could otherwise have its content rolled out as a "rollback".
  if (!(await isAncestor(repository, target, base.head, signal)))
    throw new ToolError('invalid_input', `${revision} is not in the history of ${repository.branch}.`, {
      hint: 'Take a revision from get_deployment_history.',
    });
  const past = await serviceStateAt(repository, state.owner, target, environment, signal);
  const restorable = (entry: TreeEntry) =>
    determinesWhatRuns(areaOf(insideOf(state.owner.path, entry.path) ?? ''));
  const now = new Map(
    state.entries.filter((entry) => restorable(entry)).map((entry) => [entry.path, entry] as const),
  );
  const then = new Map(
    past.entries.filter((entry) => restorable(entry)).map((entry) => [entry.path, entry] as const),
  );
  if (then.size === 0)
    throw new ToolError('invalid_input', `${state.owner.service} had no manifests at ${revision}.`, {
      hint: 'Choose a later revision.',
    });
  const blobs = await readBlobs(
    repository.git,
    [...then.values()].map((entry) => entry.blob),
    signal,
  );
  const edits = restoringEdits(base, now, then, blobs);
  const contents = new Map(
    edits.flatMap((edit) => {
      const content = edit.blob === null ? undefined : blobs.get(edit.blob);
      return content === undefined ? [] : [[edit.path, content] as const];
    }),
  );
  const short = target.slice(0, 12);
  const summary = `Roll ${state.owner.service} back to ${short}${versionText(past.desired)}`;
  const planned = planEdits(base, edits, contents, {
    repository: 'desired',
    branch: repository.branch,
    message: summary,
    summary,
    warnings: warningsFor(state.desired, past.desired, edits, base, blobs),
  });
  return { ...planned, next: { ...planned.next, revision: target } };
}

function restoringEdits(
  base: PlanBase,
  now: ReadonlyMap<string, TreeEntry>,
  then: ReadonlyMap<string, TreeEntry>,
  blobs: ReadonlyMap<string, Buffer>,
): readonly FileEdit[] {
  const paths = [...new Set([...now.keys(), ...then.keys()])].sort();
  return paths.flatMap((path): readonly FileEdit[] => {
    const [current, target] = [now.get(path), then.get(path)];
    if (current?.blob === target?.blob && current?.mode === target?.mode) return [];
    const content = target && blobs.get(target.blob);
    const before = current && base.blobs.get(current.blob);
    if ((target && !content) || (current && !before)) throw tooLarge(path);
    return [
      {
        path,
        before: before === undefined ? null : sha256(before),
        after: content === undefined ? null : sha256(content),
        mode: target?.mode === '100755' ? '100755' : '100644',
        lines: null,
        blob: target?.blob ?? null,
      },
    ];
  });
}

function warningsFor(
  current: DesiredState,
  target: DesiredState,
  edits: readonly FileEdit[],
  base: PlanBase,
  blobs: ReadonlyMap<string, Buffer>,
): readonly string[] {
  const warnings: string[] = [];
  const [from, to] = [current.replicas, target.replicas];
  if (from !== null && to !== null && from !== to)
    warnings.push(`Replicas go from ${from} to ${to} as they were then.`);
  if (
    current.autoscaler?.max !== target.autoscaler?.max ||
    current.autoscaler?.min !== target.autoscaler?.min
  )
    warnings.push('The limits of the autoscaler go back too.');
  const removed = edits.filter((edit) => edit.after === null).map((edit) => edit.path);
  if (removed.length > 0) warnings.push(`Removed, since they did not exist then: ${removed.join(', ')}.`);
  const secret = edits.filter((edit) => {
    const entry = base.state.entries.find((one) => one.path === edit.path);
    const contents = [
      entry && base.blobs.get(entry.blob),
      edit.blob === null ? undefined : blobs.get(edit.blob),
    ];
    return contents.some((one) => one !== undefined && isMasked(edit.path, one.toString('utf8')));
  });
  if (secret.length > 0)
    warnings.push(
      `Secret values are masked in the diff and go back too: ${secret.map((one) => one.path).join(', ')}.`,
    );
  const gone = target.secretReferences.filter((name) => !current.secretReferences.includes(name));
  if (gone.length > 0) warnings.push(`Needs secrets that are not referenced now: ${gone.join(', ')}.`);
  return warnings;
}

function isMasked(path: string, text: string): boolean {
  return maskText(path, text) !== text;
}

function versionText(state: DesiredState): string {
  const version = versionOf(state.image ?? undefined);
  return version === null ? '' : ` (${version.slice(0, 40)})`;
}

function tooLarge(path: string): ToolError {
  return new ToolError('limit_exceeded', `${path} is too large to be rolled back by this suite.`, {
    hint: 'Revert it with git.',
  });
}
