import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Truth } from '@devops-mcp/sandbox';
import { inject } from 'vitest';
import { mustRun } from './programs.js';

export const incidents = [
  'bad-deployment',
  'irreversible-migration',
  'dependency-outage',
  'memory-leak',
  'quiet-day',
] as const;
export type Incident = (typeof incidents)[number];

export interface Sandbox {
  readonly folder: string;
  readonly config: string;
  readonly executorConfig: string;
  readonly truth: Truth;
  at(...names: readonly string[]): string;
  /** Replaces the text of a file. Fails when that changes nothing: then nothing would be tested. */
  edit(file: string, change: (text: string) => string): Promise<void>;
  remove(): Promise<void>;
}

/** The sandbox of this run for an incident, to be read and not changed. Made by the CLI on first use. */
export async function sharedSandbox(incident: Incident): Promise<Sandbox> {
  const folder = path.join(inject('sandboxes'), incident);
  if (!(await exists(folder))) await makeOnce(incident, folder);
  return sandboxIn(folder);
}

/**
 * A copy to change. Its telemetry is the shared one's, unless `telemetry` says `copied`; most tests
 * of changes never ask for any, so that none is the default.
 */
export async function copyOfSandbox(
  incident: Incident = 'bad-deployment',
  telemetry: 'none' | 'shared' | 'copied' = 'none',
): Promise<Sandbox> {
  const original = await sharedSandbox(incident);
  const folder = await mkdtemp(path.join(inject('sandboxes'), 'copy-'));
  const left = ['telemetry', 'state', 'audit'].map((name) => original.at(name));
  await cp(original.folder, folder, {
    recursive: true,
    filter: (source) => telemetry === 'copied' || !left.includes(source),
  });
  for (const name of ['state', 'audit']) {
    await rm(path.join(folder, name), { recursive: true, force: true });
    await mkdir(path.join(folder, name));
  }
  if (telemetry === 'shared') await symlink(original.at('telemetry'), path.join(folder, 'telemetry'));
  return sandboxIn(folder);
}

/** Several test files may want the same one at once: the first to make the lock makes the sandbox. */
async function makeOnce(incident: Incident, folder: string): Promise<void> {
  try {
    await mkdir(`${folder}.making`);
  } catch {
    while (!(await exists(folder))) await sleep(100);
    return;
  }
  const draft = path.join(`${folder}.making`, incident);
  await mustRun('sandbox', 'create', draft, '--incident', incident, '--seed', '7', '--scale', '0.02');
  await rename(draft, folder);
}

async function sandboxIn(folder: string): Promise<Sandbox> {
  const at = (...names: readonly string[]) => path.join(folder, ...names);
  return {
    folder,
    config: at('devops-mcp.yaml'),
    executorConfig: at('executor', 'executor.yaml'),
    truth: JSON.parse(await readFile(at('truth.json'), 'utf8')),
    at,
    async edit(file, change) {
      const before = await readFile(at(file), 'utf8');
      const after = change(before);
      if (after === before) throw new Error(`${file} was not changed`);
      await writeFile(at(file), after);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
