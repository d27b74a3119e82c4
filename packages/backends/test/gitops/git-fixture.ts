import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackendContext, CallContext, Environment } from '@devops-mcp/contract';
import { onTestFinished } from 'vitest';
import { type GitopsConfig, gitopsConfig } from '../../src/gitops/gitops-config.js';

export interface FixtureCommit {
  /** A name for `parents` of later commits. */
  readonly mark?: string;
  /** Default: the commit before. */
  readonly parents?: readonly string[];
  readonly branch?: string;
  readonly message: string;
  readonly author?: string;
  readonly at: Date;
  /** Contents by path; null deletes. */
  readonly files: Readonly<Record<string, string | null>>;
}

export const start = new Date('2026-03-02T08:00:00Z');

/** `minutes` after the fixture's beginning. */
export function at(minutes: number): Date {
  return new Date(start.getTime() + minutes * 60_000);
}

/** A new bare repository with the commits, made by one `git fast-import`. Returns its path. */
export function bareRepository(
  commits: readonly FixtureCommit[],
  name = 'desired.git',
  format = 'sha1',
): string {
  const path = join(temporaryFolder(), name);
  git(['init', '--quiet', '--bare', '--initial-branch=main', `--object-format=${format}`, path]);
  importCommits(path, commits);
  return path;
}

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'devops-mcp-gitops-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Adds commits; the first goes on top of what the branch is. */
export function importCommits(path: string, commits: readonly FixtureCommit[]): void {
  const numbers = new Map<string, number>();
  const stream: string[] = [];
  const heads = new Map<string, string>();
  if (commits.length === 0) return;
  const refs = git(['-C', path, 'for-each-ref', '--format=%(refname)']).split('\n');
  const tip = (branch: string) =>
    [`refs/heads/${branch}`, 'refs/heads/main'].find((ref) => refs.includes(ref));
  commits.forEach((commit, index) => {
    const branch = commit.branch ?? 'main';
    const who = commit.author ?? 'deployer@example.com';
    const when = `${Math.floor(commit.at.getTime() / 1_000)} +0000`;
    if (commit.mark) numbers.set(commit.mark, index + 1);
    stream.push(`commit refs/heads/${branch}`, `mark :${index + 1}`);
    stream.push(
      `author Deployer <${who}> ${when}`,
      `committer Deployer <${who}> ${when}`,
      data(commit.message),
    );
    const old = tip(branch);
    const before = heads.get(branch) ?? (old === undefined ? undefined : `${old}^0`);
    const parents = commit.parents?.map((mark) => `:${numbers.get(mark)}`) ?? (before ? [before] : []);
    parents.forEach((parent, place) => {
      stream.push(`${place === 0 ? 'from' : 'merge'} ${parent}`);
    });
    for (const [file, content] of Object.entries(commit.files))
      stream.push(
        content === null ? `D ${file}` : `M 100644 inline ${JSON.stringify(file)}\n${data(content)}`,
      );
    heads.set(branch, `:${index + 1}`);
  });
  git(['-C', path, 'fast-import', '--quiet', '--force'], `${stream.join('\n')}\n`);
}

export function git(args: readonly string[], input = ''): string {
  return execFileSync('git', args, {
    input,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', LC_ALL: 'C' },
  });
}

export function head(path: string, branch = 'main'): string {
  return git(['-C', path, 'rev-parse', `refs/heads/${branch}`]).trim();
}

export function fileAt(path: string, revision: string, file: string): string {
  return git(['-C', path, 'show', `${revision}:${file}`]);
}

export interface FixtureOptions {
  readonly write?: GitopsConfig['write'];
  readonly environment?: Environment;
  /** Settings by service and path, such as `{ 'payments-api': { 'gitops.path': 'apps/pay' } }`. */
  readonly settings?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly services?: readonly string[];
}

export function backendContext(path: string, options: FixtureOptions = {}): BackendContext<GitopsConfig> {
  return {
    config: gitopsConfig.parse({ path, ...(options.write ? { write: options.write } : {}) }),
    environment: options.environment ?? { name: 'production', class: 'production' },
    resolvePath: (relative) => relative,
    stateDir: '/nonexistent',
    services: {
      telemetryName: (service) => service,
      serviceOf: (name) => name,
      setting: (service, key) => options.settings?.[service]?.[key],
      services: () => options.services ?? [],
    },
    network: { proxy: null, noProxy: [], caFile: null },
    leases: { acquire: async () => undefined },
    clock: () => at(10_000),
    warn: () => undefined,
  };
}

export function callContext(signal = new AbortController().signal): CallContext {
  return { signal, progress: () => undefined, now: at(10_000) };
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`;
}
