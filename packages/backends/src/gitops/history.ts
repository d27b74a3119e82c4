import type { Deployment, Window } from '@devops-mcp/domain';
import { areaOf, isDeployed } from './areas.js';
import { type Commit, type FileChange, mainlineLog, mostCommits } from './commit-log.js';
import { kindOfDeployment } from './deployment-kind.js';
import { versionOf } from './manifests.js';
import { commitsOfMerges } from './merges.js';
import { headOf, isShallow, type Repository } from './repository.js';
import { insideOf, type ServicePath } from './service-path.js';
import { type States, type Step, statesAt } from './states.js';
import { summarise } from './summary.js';

export interface HistoryQuery {
  readonly services: readonly ServicePath[];
  readonly environment: string;
  readonly window: Window | undefined;
  readonly limit: number;
}

export interface History {
  readonly deployments: readonly Deployment[];
  /** Deployments in the window, shown or not. */
  readonly total: number;
  readonly hints: readonly string[];
  /** Services of the query that have any commit at all. */
  readonly known: ReadonlySet<string>;
}

/** How many older deployments are looked at to tell a rollback from a new version. */
const lookBack = 30;

/**
 * The deployments of services, newest first. A commit on the branch that touches nothing that is
 * deployed (sources, tests, documents) is no deployment; it counts among the commits of the next.
 */
export async function readHistory(
  repository: Repository,
  query: HistoryQuery,
  signal: AbortSignal,
): Promise<History> {
  const head = await headOf(repository, signal);
  const folders = query.services.map((service) => service.path);
  if (folders.length === 0) return { deployments: [], total: 0, hints: [], known: new Set() };
  const log = await mainlineLog(repository.git, head, folders, signal);
  const perService = query.services.map((owner) => stepsOf(owner, log));
  const inWindow = perService
    .flat()
    .filter((step) => within(step.commit.time, query.window))
    .toSorted((a, b) => a.place - b.place || (a.owner.service < b.owner.service ? -1 : 1));
  const shown = new Set(inWindow.slice(0, query.limit));
  const wanted = perService.map((steps) => around(steps, shown));
  const states = await statesAt(repository, { head, log, steps: wanted.flat() }, query.environment, signal);
  const lastShown = Math.max(-1, ...wanted.flat().map((step) => step.place));
  const merged = await commitsOfMerges(
    repository.git,
    { head, mainline: log.slice(0, lastShown + 1), folders },
    signal,
  );
  const deployments = wanted.flatMap((steps) =>
    steps.flatMap((step, index) =>
      shown.has(step) ? [describe(step, steps.slice(index + 1), states, merged)] : [],
    ),
  );
  const order = new Map([...shown].map((step, index) => [idOf(step), index] as const));
  return {
    deployments: deployments.toSorted((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0)),
    total: inWindow.length,
    hints: await cutHints(repository, log),
    known: new Set(query.services.filter((owner) => touches(log, owner)).map((owner) => owner.service)),
  };
}

function stepsOf(owner: ServicePath, log: readonly Commit[]): readonly Step[] {
  const steps: Step[] = [];
  let pending: Commit[] = [];
  for (let place = log.length - 1; place >= 0; place--) {
    const commit = log[place];
    const own = commit === undefined ? [] : filesOf(owner, commit);
    if (commit === undefined || own.length === 0) continue;
    pending.push(commit);
    if (!own.some((file) => isDeployed(areaOf(insideOf(owner.path, file.path) ?? '')))) continue;
    steps.push({ owner, commit, commits: pending.toReversed(), place });
    pending = [];
  }
  return steps.reverse();
}

function filesOf(owner: ServicePath, commit: Commit): readonly FileChange[] {
  return commit.files.filter((file) => insideOf(owner.path, file.path) !== undefined);
}

/** The shown steps of a service with the older ones that they are compared with. */
function around(steps: readonly Step[], shown: ReadonlySet<Step>): readonly Step[] {
  const first = steps.findIndex((step) => shown.has(step));
  const last = steps.findLastIndex((step) => shown.has(step));
  return first < 0 ? [] : steps.slice(first, last + 1 + lookBack);
}

function describe(
  step: Step,
  older: readonly Step[],
  states: States,
  merged: (merge: string, folder: string) => readonly Commit[],
): Deployment {
  const { owner, commit } = step;
  const after = states.manifestsOf(step);
  const before = older[0] && states.manifestsOf(older[0]);
  const changed = changedPaths(step);
  const brought = step.commits.map((one) => (one.parents.length > 1 ? merged(one.id, owner.path) : []));
  const diff =
    before !== undefined
      ? summarise({
          folder: owner.path,
          // A merge that brought commits is no change of its own, but carries its pull request's number.
          count: brought.reduce((sum, commits) => sum + Math.max(1, commits.length), 0),
          commits: [...step.commits, ...brought.flat()],
          changed,
          before,
          after,
        })
      : null;
  const image = after.image?.value;
  return {
    id: idOf(step),
    service: owner.service,
    time: commit.time,
    by: commit.author,
    revision: commit.id,
    version: versionOf(image),
    image: image ?? null,
    // What is committed is desired; whether the cluster followed is for a workload backend to say.
    result: 'succeeded',
    title: commit.subject,
    kind: kindOfDeployment({
      commit,
      before,
      after,
      changed,
      folder: owner.path,
      ranBefore: (name) => older.slice(1).some((one) => states.ran(one, name)),
    }),
    diff,
  };
}

/** Paths whose content differs between the deployment before and this one. */
function changedPaths(step: Step): readonly string[] {
  const ends = new Map<string, { before: string | null; after: string | null }>();
  for (const commit of step.commits) {
    for (const file of filesOf(step.owner, commit))
      ends.set(file.path, { before: file.before, after: (ends.get(file.path) ?? file).after });
  }
  return [...ends].filter(([, end]) => end.before !== end.after).map(([path]) => path);
}

function idOf(step: Step): string {
  return `${step.owner.service}@${step.commit.id}`;
}

function touches(log: readonly Commit[], owner: ServicePath): boolean {
  return log.some((commit) => filesOf(owner, commit).length > 0);
}

function within(time: Date, window: Window | undefined): boolean {
  return window === undefined || (time >= window.start && time < window.end);
}

async function cutHints(repository: Repository, log: readonly Commit[]): Promise<readonly string[]> {
  const hints: string[] = [];
  if (log.length >= mostCommits)
    hints.push(`Only the newest ${mostCommits} commits of these services were read.`);
  if (await isShallow(repository))
    hints.push('The repository is a shallow clone: older deployments are not in it.');
  return hints;
}
