import { join } from 'node:path';
import { shopServices } from '../company/services.js';
import type { Scenario } from '../scenario/model.js';
import { renderChangeRequests } from './change-requests.js';
import {
  type DesiredService,
  type RepositoryFiles,
  renderService,
  rootKustomization,
} from './desired-state.js';
import { type Commit, importRepository } from './fast-import.js';
import { copyState, type History, type HistoryEvent, planHistory } from './plan-history.js';
import { renderSource, sourcePath } from './sources.js';

export interface RepositoriesReport {
  readonly commits: number;
  /** Commit ids of the scenario's changes on production's main branch. */
  readonly revisions: readonly {
    readonly id: 'cause' | 'decoy' | 'routine';
    readonly service: string;
    readonly revision: string;
  }[];
  /** The change request that is approved now. */
  readonly changeRequest: string;
}

const stagingLeadMs = 21 * 3_600_000;
const firstPullRequest = 1_041;

/** Writes `production.git`, its fork `production-branches.git` and `staging.git`. */
export async function writeRepositories(folder: string, scenario: Scenario): Promise<RepositoriesReport> {
  const history = planHistory(scenario);
  const requests = renderChangeRequests(scenario);
  const extra = requests.commits.map((commit): Numbered => ({ commit, event: null }));
  const production = inOrder([...replay(history, 'production', 0), ...extra]);
  const commits = production.map((entry) => entry.commit);
  const ids = await importRepository(join(folder, 'production.git'), commits);
  await importRepository(join(folder, 'production-branches.git'), commits);
  const staging = replay(history, 'staging', stagingLeadMs).map((entry) => entry.commit);
  await importRepository(join(folder, 'staging.git'), staging);
  const revisions = production.flatMap(({ event }, index) =>
    event?.id == null ? [] : [{ id: event.id, service: event.service, revision: ids[index] ?? '' }],
  );
  return { commits: commits.length, revisions, changeRequest: requests.approved };
}

interface Numbered {
  readonly commit: Commit;
  readonly event: HistoryEvent | null;
}

function inOrder(entries: readonly Numbered[]): readonly Numbered[] {
  return [...entries].sort((a, b) => a.commit.atMs - b.commit.atMs);
}

/** Turns events into commits by rendering each service before and after. Staging is a day ahead. */
function replay(
  history: History,
  environment: 'production' | 'staging',
  leadMs: number,
): readonly Numbered[] {
  const states = new Map(
    [...history.start].map(([name, state]) => [name, atHome(copyState(state), environment)]),
  );
  const written = new Map<string, RepositoryFiles>();
  const first = new Map<string, string>([
    ['README.md', readme(environment)],
    ['kustomization.yaml', rootKustomization()],
  ]);
  for (const service of shopServices) {
    const files = filesOf(states.get(service.name), environment);
    written.set(service.name, files);
    for (const [path, content] of files) first.set(path, content);
  }
  const start = {
    atMs: history.startMs - leadMs,
    author: 'release-bot',
    message: 'Import the desired state\n',
    files: first,
  };
  const entries: Numbered[] = [{ commit: start, event: null }];
  for (const [index, event] of history.events.entries()) {
    const state = states.get(event.service);
    if (state === undefined) continue;
    event.apply(state);
    atHome(state, environment);
    const before = written.get(event.service) ?? new Map<string, string>();
    const after = filesOf(state, environment);
    written.set(event.service, after);
    const files = changed(before, after);
    if (files.size === 0) continue;
    const commit = {
      atMs: event.atMs - leadMs,
      author: event.author,
      message: messageOf(event, index),
      files,
    };
    entries.push({ commit, event });
  }
  return entries;
}

/** One instance of each service is enough outside production. */
function atHome(state: DesiredService, environment: string): DesiredService {
  if (environment !== 'production') state.replicas = 1;
  return state;
}

function filesOf(state: DesiredService | undefined, environment: string): RepositoryFiles {
  if (state === undefined) return new Map();
  const files = new Map(renderService(state, environment));
  files.set(sourcePath(state.service), renderSource(state.service, state.version, state.sources));
  return files;
}

function changed(before: RepositoryFiles, after: RepositoryFiles): Map<string, string | null> {
  const files = new Map<string, string | null>();
  for (const [path, content] of after) if (before.get(path) !== content) files.set(path, content);
  for (const path of before.keys()) if (!after.has(path)) files.set(path, null);
  return files;
}

function messageOf(event: HistoryEvent, index: number): string {
  const subject = `${event.subject} (#${firstPullRequest + index})`;
  const body = event.body === '' ? '' : `${event.body}\n\n`;
  return `${subject}\n\n${body}Reviewed-by: ${event.reviewer}@example.com\nDeployed-by: merge-queue@example.com\n`;
}

function readme(environment: string): string {
  return `# Desired state: ${environment}

What runs in ${environment} is what the main branch says. Every service has a folder below \`services/\`; change requests are in \`changes/\`.
`;
}
