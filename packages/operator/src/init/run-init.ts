import path from 'node:path';
import { parseConfiguration, StartError, userConfigurationFolder } from '@devops-mcp/runtime';
import type { AskServer } from '../doctor/ask-servers.js';
import { hasFailure } from '../doctor/check.js';
import { diagnose } from '../doctor/diagnose.js';
import { renderDiagnosis } from '../doctor/render-diagnosis.js';
import { type ServerName, suiteCommand } from '../mcp/server-bins.js';
import { describeError, note, print } from '../terminal.js';
import { type Ask, chooseClasses } from './choose-classes.js';
import { addEntries, type EntryOptions } from './client-entries.js';
import { type ClientName, clientNames, readClientNames } from './clients.js';
import { configurationText } from './configuration-text.js';
import { type Discovered, discover } from './discover.js';
import { applyChange, backupOf, changes, type FileChange, readIfThere, showChange } from './file-change.js';
import type { GivenChoices } from './given-choices.js';
import { type PlannedEnvironment, planEnvironments } from './plan-environments.js';

export interface InitOptions {
  readonly given: GivenChoices;
  readonly yes: boolean;
  readonly dryRun: boolean;
  /** Undefined: the person is asked; without one, none. */
  readonly clients: readonly ClientName[] | undefined;
  /** Undefined: those that have something to ask. */
  readonly servers: readonly ServerName[] | undefined;
  readonly single: boolean;
  /** Folder of the configuration; the user's configuration folder when undefined. */
  readonly output: string | undefined;
  /** Absent where there is nobody to ask. */
  readonly ask: Ask | undefined;
  /** Where to look for Prometheus and Alertmanager beside what is given; the usual ports when absent. */
  readonly usualAddresses?: readonly string[];
  /** Who examines the backends for the doctor; the servers' own programs when absent. */
  readonly examine?: AskServer;
}

/** Resolves to false when the doctor found a failure. Rejects with a StartError when there is nothing to write. */
export async function runInit(options: InitOptions): Promise<boolean> {
  const { given, ask, yes, dryRun } = options;
  const found = await discover(given, process.env, options.usualAddresses);
  for (const line of foundLines(found)) note(line);
  const chosen = await chooseClasses(found, given, { ask, yes });
  const environments = planEnvironments(chosen, found.contexts);
  if (environments.length === 0) throw nothingChosen();
  const change = await configurationChange(options, environments);
  const clients = options.clients ?? (ask && !yes ? await askClients(ask) : []);
  const servers = options.servers ?? serversFor(environments);
  const entries = { config: change.file, servers, single: options.single };
  // A client's file that cannot be edited stops everything before anything is written.
  const added = await Promise.all(clients.map((client) => addEntries(client, entries)));
  if (dryRun) {
    for (const each of [change, ...added]) print(showChange(each));
    return true;
  }
  if (options.single) noteMissingSuite();
  await writeConfiguration(change, options);
  const diagnosis = await diagnose(change.file, options.examine);
  print(renderDiagnosis(diagnosis));
  for (const each of added) await addToClient(each);
  print(nextSteps(entries, environments, clients));
  return !hasFailure(diagnosis.checks);
}

function foundLines({ contexts, prometheus, alertmanager, silent }: Discovered): readonly string[] {
  const list = (what: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`Found ${what}: ${names.slice(0, 50).join(', ')}`];
  return [
    ...list(
      'Kubernetes contexts',
      contexts.map(({ name }) => name),
    ),
    ...list('metrics', prometheus),
    ...list('alerts', alertmanager),
    ...silent.map((address) => `Nothing answers at ${address}; it is used all the same.`),
  ];
}

function nothingChosen(): StartError {
  return new StartError(
    "There is nothing to write: no Kubernetes context and no address was chosen. Pass --context 'NAME=class', --prometheus 'URL=class' or --alertmanager 'URL=class' with production, staging or development.",
    { kind: 'usage' },
  );
}

async function configurationChange(
  { output }: InitOptions,
  environments: readonly PlannedEnvironment[],
): Promise<FileChange> {
  const folder = output === undefined ? userConfigurationFolder() : path.resolve(output);
  const file = path.join(folder, 'devops-mcp.yaml');
  const after = configurationText(environments);
  // What cannot be read back is never written.
  parseConfiguration(after, file);
  return { file, before: await readIfThere(file), after, backup: true };
}

/** What is there is replaced only by somebody who has seen the difference. */
async function writeConfiguration(change: FileChange, { ask, yes }: InitOptions): Promise<void> {
  print(showChange(change));
  if (!changes(change)) return;
  if (change.before !== null && !yes) {
    if (!ask) {
      throw new StartError(
        `${change.file} is there already and would be changed as shown; nothing was written. Pass --yes to replace it (its former content is kept), or --output for another folder.`,
        { kind: 'usage' },
      );
    }
    const answer = await ask('Replace it? [y/N] ');
    if (!/^y(es)?$/i.test(answer.trim())) throw new StartError('Nothing was written.');
  }
  await applyChange(change);
  if (change.before !== null) note(`What was there is kept in ${backupOf(change.file)}.`);
}

const mostAttempts = 5;

async function askClients(ask: Ask): Promise<readonly ClientName[]> {
  const question = `Add the servers to which clients? (${clientNames.join(', ')}; empty for none) `;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask(question);
    try {
      return readClientNames(answer.split(/[\s,]+/));
    } catch (error) {
      // A slip of the pen does not cost the answers that were given before.
      if (!(error instanceof StartError) || attempt === mostAttempts) throw error;
      note(error.message);
    }
  }
}

function serversFor(environments: readonly PlannedEnvironment[]): readonly ServerName[] {
  const some = (key: 'context' | 'prometheus' | 'alertmanager') =>
    environments.some((environment) => environment[key] !== null);
  return [
    ...(some('prometheus') ? (['metrics'] as const) : []),
    ...(some('context') ? (['deployments'] as const) : []),
    ...(some('alertmanager') ? (['alerts'] as const) : []),
  ];
}

async function addToClient(change: FileChange): Promise<void> {
  await applyChange(change);
  note(`${change.file} ${changes(change) ? 'was written.' : 'has the servers already.'}`);
}

/** The entry is right all the same; it works once the package is there. */
function noteMissingSuite(): void {
  try {
    suiteCommand();
  } catch (error) {
    note(describeError(error));
  }
}

function nextSteps(
  { config, servers }: EntryOptions,
  [first]: readonly PlannedEnvironment[],
  clients: readonly ClientName[],
): string {
  const environment = first?.name ?? 'production';
  const question =
    first?.context === null
      ? `Which services left their normal in ${environment}?`
      : `Which workloads in ${environment} are unwell, and why?`;
  return clients.length === 0
    ? `Next: add the servers to a client with devops-mcp init --client claude-code, or start one: devops-mcp-${servers[0] ?? 'metrics'} --config ${config}`
    : `Next: restart ${clients.join(', ')} and ask: ${question}`;
}
