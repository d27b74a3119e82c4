import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from './fault.js';

export interface SeenRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** What the client sent; empty until all of it is there. */
  readonly body: string;
  readonly fault: Fault['kind'] | 'none';
  /** Bytes of head and body that were handed to the client's connection. */
  readonly bytesSent: number;
  /** The client went away before the answer was complete, and no fault had ended the connection. */
  readonly hungUp: boolean;
}

/** The requests that came, and a way to wait for what happens to them. */
export interface FaultLog {
  readonly requests: readonly SeenRequest[];
  /** Notes a request at its arrival. */
  add(request: IncomingMessage, response: ServerResponse, fault: Fault | undefined): Entry;
  /** Resolves when `condition` holds; looked at whenever something happened. */
  until(condition: (requests: readonly SeenRequest[]) => boolean): Promise<void>;
  forget(): void;
}

export interface Entry {
  /** Reads the request to its end; false when the client went away before. */
  complete(): Promise<boolean>;
  readonly body: string;
}

export function faultLog(): FaultLog {
  const requests: SeenRequest[] = [];
  const waiting = new Set<() => void>();
  const happened = () => {
    for (const look of [...waiting]) look();
  };
  return {
    requests,
    add: (request, response, fault) => {
      const seen = observed(request, response, fault, happened);
      requests.push(seen);
      happened();
      return {
        complete: async () => {
          const body = await textOf(request);
          seen.body = body ?? '';
          happened();
          return body !== undefined;
        },
        get body() {
          return seen.body;
        },
      };
    },
    until: (condition) =>
      new Promise((resolve) => {
        const look = () => {
          if (!condition(requests)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    forget: () => {
      requests.length = 0;
    },
  };
}

/** These end the connection themselves, which is then no hang-up of the client. */
const endsConnection: readonly Fault['kind'][] = ['reset', 'truncated', 'lost-answer'];

function observed(
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault | undefined,
  happened: () => void,
) {
  const { socket } = request;
  const before = socket.bytesWritten;
  const ours = fault !== undefined && endsConnection.includes(fault.kind);
  let sent: number | undefined;
  const seen = {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: '',
    fault: fault?.kind ?? ('none' as const),
    get bytesSent() {
      return sent ?? socket.bytesWritten - before;
    },
    hungUp: false,
  };
  response.once('close', () => {
    sent = socket.bytesWritten - before;
    seen.hungUp = !response.writableFinished && !ours;
    happened();
  });
  return seen;
}

async function textOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  } catch {
    return undefined;
  }
}
