import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { programPath, type RealProgram } from './programs.js';

export interface ServerProcess {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly address: string;
  readonly port: number;
  /** A folder of this server's own, removed by `close`. */
  readonly folder: string;
  readonly pid: number;
  /** The last lines of what it wrote to standard error. */
  lastWords(): string;
  /** Ends the process and removes its folder; may be called twice. */
  close(): Promise<void>;
}

export interface ServerStart {
  readonly program: RealProgram;
  /** Runs before the program, to write what it reads at its start. */
  readonly prepare?: (folder: string) => Promise<void>;
  readonly args: (at: { readonly port: number; readonly folder: string }) => readonly string[];
  /** Answers 200 once the server can be asked. */
  readonly readyPath: string;
}

const readyWithinMs = 30_000;
const lastLines = 15;

/** Starts a server on a free loopback port and returns when it is ready; rejects with its last words. */
export async function startServer(start: ServerStart): Promise<ServerProcess> {
  const program = programPath(start.program);
  const folder = await mkdtemp(join(tmpdir(), `real-${start.program}-`));
  try {
    await start.prepare?.(folder);
    // Between choosing a free port and listening on it, another process may take it.
    for (let attempt = 1; ; attempt += 1) {
      const port = await freePort();
      const running = run(program, start.args({ port, folder }), { port, folder });
      const failure = await failureToStart(running, start);
      if (failure === undefined) return running.server;
      await running.end();
      if (attempt === 3 || !running.server.lastWords().includes('address already in use')) throw failure;
    }
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw cause;
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

interface Running {
  readonly server: ServerProcess;
  ended(): boolean;
  end(): Promise<void>;
}

function run(program: string, args: readonly string[], at: { port: number; folder: string }): Running {
  // No proxy and no credential of this process reaches the server.
  const child = spawn(program, args, {
    cwd: at.folder,
    env: { PATH: process.env.PATH ?? '', TMPDIR: at.folder, HOME: at.folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines = keepLastLines(child);
  const killAtExit = () => {
    child.kill('SIGKILL');
    rmSync(at.folder, { recursive: true, force: true });
  };
  process.once('exit', killAtExit);
  const ended = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  const end = async () => {
    process.off('exit', killAtExit);
    if (ended()) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const killing = setTimeout(() => child.kill('SIGKILL'), 5000);
    await exited;
    clearTimeout(killing);
  };
  const close = async () => {
    await end();
    await rm(at.folder, { recursive: true, force: true });
  };
  const server = {
    address: `http://127.0.0.1:${at.port}`,
    ...at,
    pid: child.pid ?? -1,
    lastWords: () => lines.join('\n'),
    close,
  };
  return { server, ended, end };
}

function keepLastLines(child: ChildProcess): readonly string[] {
  const lines: string[] = [];
  child.on('error', (cause) => lines.push(String(cause)));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lines.push(...text.split('\n').filter((line) => line !== ''));
    lines.splice(0, Math.max(0, lines.length - lastLines));
  });
  return lines;
}

async function failureToStart(running: Running, start: ServerStart): Promise<Error | undefined> {
  const { server } = running;
  const until = Date.now() + readyWithinMs;
  while (Date.now() < until && !running.ended()) {
    if (await answers(`${server.address}${start.readyPath}`)) return undefined;
    await sleep(40);
  }
  const how = running.ended() ? 'ended before it was ready' : `was not ready after ${readyWithinMs} ms`;
  return new Error(`${start.program} ${how}. Its last words:\n${server.lastWords()}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
