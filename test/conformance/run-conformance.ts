import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { node24, tool } from '../tools-installed.js';

export type Revision = '2025-11-25' | '2026-07-28';

const suite = tool('@modelcontextprotocol/conformance/dist/index.js');
const checks = z.array(z.object({ id: z.string(), status: z.string(), errorMessage: z.string().optional() }));

export interface ScenarioResult {
  readonly succeeded: number;
  readonly failures: readonly { readonly id: string; readonly message: string }[];
}

/** Runs what a revision requires, and what it runs unscored; gives the results by scenario. */
export async function runRequirements(
  url: string,
  revision: Revision,
): Promise<ReadonlyMap<string, ScenarioResult>> {
  return withResults((folder) => run(['server', '--url', url, '--requirements', revision, '-o', folder]));
}

/** The scenarios for servers that the suite requires for a revision. */
export async function requiredScenarios(revision: Revision): Promise<readonly string[]> {
  const { parse } = await import('yaml');
  const file = resolve(suite, `../../requirements/${revision}.yaml`);
  return z.object({ server: z.array(z.string()) }).parse(parse(await readFile(file, 'utf8'))).server;
}

async function withResults(
  work: (folder: string) => Promise<void>,
): Promise<ReadonlyMap<string, ScenarioResult>> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-results-'));
  try {
    await work(folder);
    const entries = await readdir(folder, { recursive: true });
    const results = new Map<string, ScenarioResult>();
    for (const entry of entries.filter((name) => name.endsWith('checks.json'))) {
      const directory = entry.split(/[\\/]/).at(-2) ?? '';
      const scenario = /^server-(.+)-\d{4}-\d{2}-\d{2}T.*$/.exec(directory)?.[1] ?? directory;
      results.set(scenario, summarise(await readFile(join(folder, entry), 'utf8')));
    }
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function summarise(text: string): ScenarioResult {
  const all = checks.parse(JSON.parse(text));
  return {
    succeeded: all.filter(({ status }) => status === 'SUCCESS').length,
    failures: all
      .filter(({ status }) => status === 'FAILURE')
      .map(({ id, errorMessage = '' }) => ({ id, message: errorMessage })),
  };
}

/** The exit code says only whether all required scenarios passed; the results say which did not. */
function run(args: readonly string[]): Promise<void> {
  if (!existsSync(suite)) throw new Error(`${suite} is not installed`);
  return new Promise((done, reject) => {
    execFile(node24, [suite, ...args], { timeout: 110_000, maxBuffer: 64_000_000 }, (error) => {
      if (error?.killed) reject(new Error('the conformance suite took too long'));
      else done();
    });
  });
}
