import { type JsonObject, ToolError } from '@devops-mcp/contract';
import type { DesiredState, PlannedChange } from '@devops-mcp/domain';
import { areaOf, determinesWhatRuns } from './areas.js';
import { type FileEdit, type GitopsChange, textEdit } from './change.js';
import { type ServiceState, serviceStateAt } from './desired.js';
import type { Place } from './document.js';
import { headOf, type Repository, readBlobs, treeDigest } from './repository.js';
import { maskedPatch } from './revision-diff.js';
import { assembleManifests, insideOf, type ServicePath } from './service-path.js';
import { desiredState } from './summary.js';
import { setInYaml } from './yaml-edit.js';

/** What plans are made from: the service as it is desired now, with the contents of its manifests. */
export interface PlanBase {
  readonly repository: Repository;
  readonly environment: string;
  readonly state: ServiceState;
  /** Id of the folder's tree: changes exactly when anything in the folder does. */
  readonly tree: string;
  readonly head: string;
  readonly blobs: ReadonlyMap<string, Buffer>;
}

export async function planBase(
  repository: Repository,
  owner: ServicePath,
  environment: string,
  signal: AbortSignal,
): Promise<PlanBase> {
  const head = await headOf(repository, signal);
  const state = await serviceStateAt(repository, owner, head, environment, signal);
  const [tree, blobs] = await Promise.all([
    treeDigest(repository.git, head, owner.path, signal),
    readBlobs(
      repository.git,
      state.entries
        .filter((entry) => determinesWhatRuns(areaOf(insideOf(owner.path, entry.path) ?? '')))
        .map((entry) => entry.blob),
      signal,
    ),
  ]);
  return { repository, environment, state, tree, head, blobs };
}

export interface ValueEdit {
  readonly place: Place;
  readonly value: string | number;
}

/** Sets values in the service's files and says what the files become. */
export function editValues(base: PlanBase, edits: readonly ValueEdit[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { place, value } of edits) {
    const text = texts.get(place.path) ?? textAt(base, place.path);
    texts.set(place.path, setInYaml(text, place, value));
  }
  return texts;
}

export interface PlanFacts {
  readonly repository: GitopsChange['repository'];
  readonly branch: string;
  readonly message: string;
  readonly summary: string;
  readonly warnings: readonly string[];
}

/** A plan that replaces texts. Rejects with `invalid_input` when nothing would change. */
export function planTexts(
  base: PlanBase,
  texts: ReadonlyMap<string, string>,
  facts: PlanFacts,
): PlannedChange {
  const paths = [...texts.keys()].sort();
  const edits = paths.flatMap((path): readonly FileEdit[] => {
    const before = textAt(base, path);
    const after = texts.get(path) ?? before;
    const mode = base.state.entries.find((entry) => entry.path === path)?.mode ?? '100644';
    return before === after ? [] : [textEdit(path, mode, before, after)];
  });
  const contents = new Map([...texts].map(([path, text]) => [path, Buffer.from(text)] as const));
  return planEdits(base, edits, contents, facts);
}

/** A plan from edits and the contents that the edited files will have; files without content are deleted. */
export function planEdits(
  base: PlanBase,
  edits: readonly FileEdit[],
  contents: ReadonlyMap<string, Buffer>,
  facts: PlanFacts,
): PlannedChange {
  const { owner, desired } = base.state;
  if (edits.length === 0)
    throw new ToolError(
      'invalid_input',
      `Nothing would change: ${owner.service} is already desired like that.`,
      {
        hint: 'Look at what is desired with get_deployment_history.',
      },
    );
  const change: GitopsChange = {
    format: 'devops-mcp/gitops-change/v1',
    repository: facts.repository,
    branch: facts.branch,
    path: owner.path,
    basePathTree: base.tree,
    edits: [...edits],
    message: facts.message.slice(0, 200),
  };
  const observed: JsonObject = {
    path: owner.path,
    tree: base.tree,
    replicas: desired.replicas,
    autoscaler: desired.autoscaler === null ? null : { ...desired.autoscaler },
  };
  return {
    plan: {
      // The change is plain JSON; its type only lacks the index signature.
      change: change as unknown as JsonObject,
      observed,
      summary: facts.summary,
      diff: diffOf(base, edits, contents),
      ...(facts.warnings.length > 0 ? { warnings: facts.warnings } : {}),
    },
    current: desired,
    next: nextState(base, edits, contents),
  };
}

/** The text of a file that is to be edited; refuses what would not survive a round trip. */
function textAt(base: PlanBase, path: string): string {
  const entry = base.state.entries.find((one) => one.path === path);
  const content = entry && base.blobs.get(entry.blob);
  const text = content?.toString('utf8');
  if (content !== undefined && text !== undefined && Buffer.from(text).equals(content)) return text;
  throw new ToolError('unsupported', `${path} is not a text file in UTF-8 and was not changed.`, {
    hint: 'Change it by hand.',
  });
}

function diffOf(base: PlanBase, edits: readonly FileEdit[], contents: ReadonlyMap<string, Buffer>): string {
  return edits
    .map((edit) => {
      const entry = base.state.entries.find((one) => one.path === edit.path);
      const before = entry && base.blobs.get(entry.blob);
      const after = edit.after === null ? undefined : contents.get(edit.path);
      const [from, to] = [before ? `a/${edit.path}` : '/dev/null', after ? `b/${edit.path}` : '/dev/null'];
      return `--- ${from}\n+++ ${to}\n${maskedPatch(edit.path, before, after)}`;
    })
    .join('');
}

function nextState(
  base: PlanBase,
  edits: readonly FileEdit[],
  contents: ReadonlyMap<string, Buffer>,
): DesiredState {
  const { owner, entries } = base.state;
  const edited = new Set(edits.map((edit) => edit.path));
  const files = entries.filter((entry) => !edited.has(entry.path)).map(({ path, blob }) => ({ path, blob }));
  const added = edits.flatMap((edit) =>
    edit.after === null ? [] : [{ path: edit.path, blob: `new ${edit.path}` }],
  );
  const blobs = new Map(base.blobs);
  for (const [path, content] of contents) blobs.set(`new ${path}`, content);
  const manifests = assembleManifests([...files, ...added], blobs, owner.service, base.environment);
  return desiredState(owner.service, 'planned', manifests);
}
