import { spawn } from 'node:child_process';
import { type Ended, type ServerName, serverProgram } from './programs.js';

/** A server spoken to in bare JSON-RPC lines, for what a well-behaved client library would not send. */
export interface Wire {
  readonly pid: number;
  /** Sends a request of the revision 2026-07-28, its facts of the client included. */
  request(method: string, params?: object): Promise<WireReply>;
  /** Sends text as it is. */
  send(text: string): void;
  /** Everything that was written to standard output so far. */
  out(): string;
  /** Closes standard input and waits for the end. */
  end(): Promise<Ended>;
  kill(signal: NodeJS.Signals): Promise<Ended>;
}

export interface WireReply {
  readonly id: number;
  // biome-ignore lint/suspicious/noExplicitAny: each test reads the few fields that it checks
  readonly result?: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly error?: any;
}

const version = '2026-07-28';
const meta = 'io.modelcontextprotocol';

export function openWire(
  server: ServerName,
  args: readonly string[],
  capabilities: object = { elicitation: {} },
): Wire {
  const child = spawn(process.execPath, [serverProgram(server), ...args]);
  let out = '';
  let err = '';
  const waiting = new Map<number, (reply: WireReply) => void>();
  let rest = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const reply: WireReply = JSON.parse(line);
      waiting.get(reply.id)?.(reply);
    }
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  child.stdin.on('error', () => {});
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, out, err }));
  });
  let last = 0;
  return {
    pid: child.pid ?? 0,
    request(method, params = {}) {
      last += 1;
      const id = last;
      const _meta = {
        [`${meta}/protocolVersion`]: version,
        [`${meta}/clientInfo`]: { name: 'wire', version: '1.0.0' },
        [`${meta}/clientCapabilities`]: capabilities,
      };
      const reply = new Promise<WireReply>((resolve) => waiting.set(id, resolve));
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta } })}\n`);
      const gone = ended.then(({ code, signal }) => {
        throw new Error(`ended with ${code ?? signal} before an answer to ${method}: ${err}`);
      });
      return Promise.race([reply, gone]);
    },
    send: (text) => {
      child.stdin.write(text);
    },
    out: () => out,
    end() {
      child.stdin.end();
      return ended;
    },
    kill(signal) {
      child.kill(signal);
      return ended;
    },
  };
}
