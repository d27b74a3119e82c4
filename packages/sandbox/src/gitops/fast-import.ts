import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { ToolError } from '@devops-mcp/contract';

export interface Commit {
  readonly atMs: number;
  /** Local part of an address at example.com, which is also the name. */
  readonly author: string;
  readonly message: string;
  /** Path to content; null deletes. */
  readonly files: ReadonlyMap<string, string | null>;
}

/**
 * Makes a bare repository with these commits on `main`, in order, and gives their ids. One process
 * of git fast-import, whose output follows from its input alone.
 * Rejects with `unavailable` when git is not there or refuses.
 */
export async function importRepository(path: string, commits: readonly Commit[]): Promise<readonly string[]> {
  await mkdir(path, { recursive: true });
  // Without a template, no example hooks and nothing of the user's own.
  await git(['init', '--quiet', '--bare', '--initial-branch=main', '--template=', path], '');
  const marks = join(path, 'import-marks');
  await git(['-C', path, 'fast-import', '--quiet', '--done', `--export-marks=${marks}`], streamOf(commits));
  const ids = readMarks(await readFile(marks, 'utf8'), commits.length);
  await rm(marks);
  return ids;
}

/** Source: git-fast-import(1), "Input Format". */
function streamOf(commits: readonly Commit[]): string {
  const parts: string[] = [];
  for (const [index, commit] of commits.entries()) {
    const seconds = Math.floor(commit.atMs / 1_000);
    parts.push(
      'commit refs/heads/main',
      `mark :${index + 1}`,
      `author ${commit.author} <${commit.author}@example.com> ${seconds} +0000`,
      `committer merge-queue <merge-queue@example.com> ${seconds} +0000`,
      data(commit.message),
    );
    for (const [path, content] of commit.files)
      if (content === null) parts.push(`D ${path}`);
      else parts.push(`M 100644 inline ${path}`, data(content));
    parts.push('');
  }
  return `${parts.join('\n')}\ndone\n`;
}

function data(content: string): string {
  return `data ${Buffer.byteLength(content)}\n${content}`;
}

function readMarks(text: string, count: number): readonly string[] {
  const byMark = new Map(
    text
      .split('\n')
      .filter((line) => line.startsWith(':'))
      .map((line) => {
        const [mark = '', id = ''] = line.slice(1).split(' ');
        return [Number(mark), id] as const;
      }),
  );
  return Array.from({ length: count }, (_, index) => byMark.get(index + 1) ?? '');
}

/** The user's configuration and a surrounding repository must not show in what is made. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return { ...Object.fromEntries(kept), GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: devNull, LC_ALL: 'C' };
}

function git(args: readonly string[], input: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { env: cleanEnvironment(), stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2_000);
    });
    child.on('error', (cause) => {
      const hint = 'Install git 2.28 or newer and make sure that it is on the PATH.';
      reject(new ToolError('unavailable', 'git could not be started.', { hint, cause }));
    });
    child.on('close', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new ToolError('unavailable', `git ${args.find((arg) => !arg.startsWith('-')) ?? ''} failed.`, {
            hint: 'git 2.28 or newer is needed.',
            cause: said,
          }),
        );
    });
    // A process that ended early closes its input; its exit says why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
