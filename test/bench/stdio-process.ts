import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A server as a child process, spoken to in JSON-RPC lines: a client's own work would hide the server's. */
export interface StdioProcess {
  readonly pid: number;
  /** Milliseconds from just before the spawn until now. */
  age(): number;
  /** Rejects for a protocol error and when the process ends. */
  request(method: string, params?: object): Promise<Readonly<Record<string, unknown>>>;
  /** Says hello as a client of 2025-11-25 does, and lists the tools. */
  listTools(): Promise<Readonly<Record<string, unknown>>>;
  callTool(name: string, input: object): Promise<ToolAnswer>;
  /** Ends its input and waits for it to leave. */
  close(): Promise<void>;
}

export interface ToolAnswer {
  readonly isError?: boolean;
  readonly content: readonly { readonly type: string; readonly text?: string }[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
}

interface Waiting {
  resolve(result: Readonly<Record<string, unknown>>): void;
  reject(error: Error): void;
}

const running = new Set<ChildProcessWithoutNullStreams>();

/** Ends what a measurement left behind when it failed. */
export function endAllProcesses(): void {
  for (const child of running) child.kill();
}

export function startProcess(program: string, args: readonly string[] = []): StdioProcess {
  return startCommand(process.execPath, [program, ...args]);
}

/** Any program that speaks the protocol; `env` is added to this process's own. */
export function startCommand(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): StdioProcess {
  const begun = performance.now();
  const child = spawn(command, args, { stdio: 'pipe', env: { ...process.env, ...env } });
  running.add(child);
  child.once('close', () => running.delete(child));
  const said = tailOf(child);
  const waiting = answersOf(child, () => new Error(`${[command, ...args].join(' ')} ended: ${said()}`));
  let lastId = 0;
  const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const request: StdioProcess['request'] = (method, params) => {
    lastId += 1;
    const answer = new Promise<Readonly<Record<string, unknown>>>((resolve, reject) =>
      waiting.set(lastId, { resolve, reject }),
    );
    send({ id: lastId, method, ...(params === undefined ? {} : { params }) });
    return answer;
  };
  return {
    pid: child.pid ?? 0,
    age: () => performance.now() - begun,
    request,
    async listTools() {
      await request('initialize', {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: 'bench', version: '1' },
      });
      send({ method: 'notifications/initialized' });
      return request('tools/list', {});
    },
    async callTool(name, input) {
      // Boundary: what a server answers to tools/call.
      return (await request('tools/call', { name, arguments: input })) as unknown as ToolAnswer;
    },
    async close() {
      const closed = child.exitCode === null ? once(child, 'close') : undefined;
      child.stdin.end();
      await closed;
    },
  };
}

function answersOf(child: ChildProcessWithoutNullStreams, ended: () => Error): Map<number, Waiting> {
  const waiting = new Map<number, Waiting>();
  let rest = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    // Some servers write their log to standard output.
    for (const line of lines.filter((each) => each.startsWith('{'))) settle(line, waiting);
  });
  // A process that is gone takes no input; the close below tells whoever waits.
  child.stdin.on('error', () => {});
  child.once('error', () => {
    for (const { reject } of waiting.values()) reject(ended());
  });
  child.once('close', () => {
    for (const { reject } of waiting.values()) reject(ended());
  });
  return waiting;
}

function settle(line: string, waiting: Map<number, Waiting>): void {
  const message: { id?: number; result?: Record<string, unknown>; error?: { message: string } } =
    JSON.parse(line);
  const caller = message.id === undefined ? undefined : waiting.get(message.id);
  if (caller === undefined || message.id === undefined) return;
  waiting.delete(message.id);
  if (message.error) caller.reject(new Error(message.error.message));
  else caller.resolve(message.result ?? {});
}

function tailOf(child: ChildProcessWithoutNullStreams): () => string {
  let tail = '';
  child.stderr.on('data', (chunk) => {
    tail = (tail + String(chunk)).slice(-2_000);
  });
  return () => tail.trim();
}
