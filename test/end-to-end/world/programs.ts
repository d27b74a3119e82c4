import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../../..');
export const serverNames = ['metrics', 'logs', 'deployments', 'alerts', 'rollback'] as const;
export type ServerName = (typeof serverNames)[number];

/** What `npm run build` made of a server. */
export const serverProgram = (name: ServerName) => built(`servers/${name}/dist/main.js`);
export const operatorProgram = () => built('packages/operator/dist/main.js');

function built(file: string): string {
  const program = path.join(root, file);
  if (!existsSync(program)) throw new Error(`${file} is not there; run: npm run build`);
  return program;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Given to standard input, which is closed after it. */
  readonly input?: string;
}

/** Runs a Node program to its end. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  return ended(
    spawn(process.execPath, [program, ...args], {
      env: { ...process.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    }),
    options.input,
  );
}

export function ended(child: ChildProcess, input = ''): Promise<Ended> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  // A program that ends before it has read its input is no failure of the test.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, out, err }));
  });
}

/** `devops-mcp ...` as a person runs it. */
export const devopsMcp = (...args: readonly string[]) => runProgram(operatorProgram(), args);

/** The same, for steps that must succeed before a test can begin. */
export async function mustRun(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await devopsMcp(...args);
  if (code !== 0) throw new Error(`devops-mcp ${args.join(' ')} ended with ${code}:\n${out}${err}`);
  return out;
}
