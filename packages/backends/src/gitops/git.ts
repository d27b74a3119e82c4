import { type ExecFileException, execFile } from 'node:child_process';
import { devNull } from 'node:os';
import { ToolError } from '@devops-mcp/contract';

export interface GitCall {
  readonly signal: AbortSignal;
  readonly input?: string | Buffer;
  /** Longest answer that is taken; more is `limit_exceeded`. Default 64 MiB. */
  readonly maxBytes?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** The `git` program on one repository. Never a shell, no network, no hooks, no configuration of the user. */
export interface Git {
  /** The git directory itself: a bare repository, or the `.git` of a working copy. */
  readonly directory: string;
  bytes(args: readonly string[], call: GitCall): Promise<Buffer>;
  text(args: readonly string[], call: GitCall): Promise<string>;
  /** Undefined when git ends with status 1, its way of saying "no such thing". */
  find(args: readonly string[], call: GitCall): Promise<string | undefined>;
}

const deadlineMs = 60_000;
const defaultMaxBytes = 64 * 1024 * 1024;

/**
 * A repository's own configuration can name programs (hooks, file system monitors, pagers, remote
 * helpers). Command-line settings and the environment outrank it, so that reading a repository
 * never runs what somebody wrote into it.
 */
const neutral = [
  '--no-pager',
  '--no-replace-objects',
  '--no-optional-locks',
  '--literal-pathspecs',
  ...settings({
    'core.hooksPath': devNull,
    'core.fsmonitor': 'false',
    'core.attributesFile': devNull,
    'gc.auto': '0',
    'maintenance.auto': 'false',
    'log.showSignature': 'false',
    'log.showRoot': 'true',
    // How long to wait for another process that is moving the same reference.
    'core.filesRefLockTimeout': '2000',
  }),
];

export function gitAt(directory: string): Git {
  const bytes = (args: readonly string[], call: GitCall) =>
    runGit([...neutral, `--git-dir=${directory}`, ...args], directory, call);
  return {
    directory,
    bytes,
    text: async (args, call) => (await bytes(args, call)).toString('utf8'),
    async find(args, call) {
      try {
        return (await bytes(args, call)).toString('utf8').trim();
      } catch (error) {
        if (error instanceof GitStatusOne) return undefined;
        throw error;
      }
    },
  };
}

/**
 * Finds the git directory at `path` itself, bare or with a working copy, never one above it.
 * Linked working copies give the directory they share, since that is where branches live.
 */
export async function findGitDirectory(path: string, parent: string, signal: AbortSignal): Promise<string> {
  const args = [
    ...neutral,
    ...settings({ 'safe.directory': '*' }),
    'rev-parse',
    '--path-format=absolute',
    '--git-common-dir',
  ];
  const answer = await runGit(args, path, { signal, env: { GIT_CEILING_DIRECTORIES: parent } });
  return answer.toString('utf8').trim();
}

/** Thrown inside this folder only: status 1 without an explanation. */
class GitStatusOne extends Error {}

function runGit(args: readonly string[], cwd: string, call: GitCall): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (call.signal.aborted) return reject(stopped(call.signal.reason));
    const child = execFile(
      'git',
      args,
      {
        cwd,
        env: { ...cleanEnvironment(), ...call.env },
        encoding: 'buffer',
        maxBuffer: call.maxBytes ?? defaultMaxBytes,
        signal: call.signal,
        timeout: deadlineMs,
        killSignal: 'SIGTERM',
        windowsHide: true,
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(explain(error, stderr.toString('utf8'), call.signal));
      },
    );
    // git may end before it has read everything; its exit status tells what happened.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(call.input ?? '');
  });
}

function cleanEnvironment(): Record<string, string> {
  const inherited = ['PATH', 'SystemRoot', 'TMPDIR', 'TEMP'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(inherited),
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    // A partial clone would fetch missing objects through whatever transport its configuration
    // names, programs included; the environment outranks `protocol.*.allow` in that file.
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_NO_LAZY_FETCH: '1',
  };
}

function explain(error: ExecFileException, stderr: string, signal: AbortSignal): Error {
  if (signal.aborted) return stopped(signal.reason);
  const cause = new Error(stderr.trim().slice(0, 2_000) || error.message.slice(0, 500));
  if (error.code === 'ENOENT')
    return unavailable('The program git could not be started.', 'Install git 2.31 or later.', cause);
  if (String(error.code) === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
    return new ToolError('limit_exceeded', 'The repository gave more data than is read at once.', {
      hint: 'Ask for fewer entries or a smaller difference.',
      cause,
    });
  if (error.killed) return new ToolError('timeout', 'git took longer than 60 seconds.', { cause });
  if (Number(error.code) === 1 && stderr.trim() === '') return new GitStatusOne('status 1');
  if (/not a git repository|does not appear to be a git repository/i.test(stderr))
    return unavailable(
      'The configured path is not a git repository.',
      'Point `path` at a git repository.',
      cause,
    );
  if (/corrupt|missing blob|bad object|unable to read|inflate|loose object|bad tree|packfile/i.test(stderr))
    return unavailable('The git repository is damaged.', 'Run `git fsck` in it, or clone it again.', cause);
  return unavailable('git could not read or change the repository.', 'Run `git fsck` in it.', cause);
}

function stopped(reason: unknown): Error {
  if (reason instanceof ToolError) return reason;
  return new ToolError('timeout', 'The work on the git repository was stopped before its end.', {
    cause: reason,
  });
}

function unavailable(message: string, hint: string, cause: unknown): ToolError {
  return new ToolError('unavailable', message, { hint, cause });
}

function settings(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
