import path from 'node:path';
import { userConfigurationFolder } from '@devops-mcp/runtime';
import { note, print } from '../terminal.js';
import { removeEntries } from './client-entries.js';
import type { ClientName } from './clients.js';
import { writtenByInit } from './configuration-text.js';
import { applyChange, changes, type FileChange, readIfThere, showChange } from './file-change.js';

export interface RemoveOptions {
  readonly clients: readonly ClientName[];
  /** Take the configuration away too, when `init` wrote it. */
  readonly all: boolean;
  readonly dryRun: boolean;
  readonly output: string | undefined;
}

/** Takes away what `init` added. State and audit stay: they are records. */
export async function runRemove({ clients, all, dryRun, output }: RemoveOptions): Promise<void> {
  const planned = await Promise.all([
    ...clients.map(removeEntries),
    ...(all ? [configurationRemoval(output)] : []),
  ]);
  const wanted = planned.filter(changes);
  if (wanted.length === 0) return print('There is nothing of devops-mcp to take away.');
  for (const change of wanted) {
    print(showChange(change));
    if (!dryRun) await applyChange(change);
  }
  if (all && !dryRun) note('State and audit folders stay; delete them by hand when nobody needs the record.');
}

async function configurationRemoval(output: string | undefined): Promise<FileChange> {
  const folder = output === undefined ? userConfigurationFolder() : path.resolve(output);
  const file = path.join(folder, 'devops-mcp.yaml');
  const before = await readIfThere(file);
  if (before === null || before.startsWith(writtenByInit))
    return { file, before, after: null, backup: false };
  note(`${file} was not written by devops-mcp init; it stays.`);
  return { file, before, after: before, backup: false };
}
