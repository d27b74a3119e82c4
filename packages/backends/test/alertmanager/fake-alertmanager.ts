import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** `reset` breaks the connection after the request was taken. */
export type FakeAnswer = { readonly status?: number; readonly body: unknown } | 'reset';

/** An HTTP server that answers as it is told and remembers what it was asked. */
export async function startFake(answer: (request: SeenRequest) => FakeAnswer): Promise<{
  readonly address: string;
  readonly seen: readonly SeenRequest[];
  close(): Promise<void>;
}> {
  const seen: SeenRequest[] = [];
  const server = createServer(async (incoming, outgoing) => {
    let body = '';
    for await (const chunk of incoming) body += chunk;
    const url = new URL(incoming.url ?? '/', 'http://fake');
    const request = { method: incoming.method ?? '', url, headers: incoming.headers, body };
    seen.push(request);
    const given = answer(request);
    if (given === 'reset') {
      incoming.socket.destroy();
      return;
    }
    outgoing.writeHead(given.status ?? 200, { 'content-type': 'application/json' });
    outgoing.end(typeof given.body === 'string' ? given.body : JSON.stringify(given.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address and a port.
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const firingAlert = {
  fingerprint: 'c6eadffa33fcdf37',
  labels: { alertname: 'HighErrorRate', service: 'payments-api' },
  annotations: {},
  startsAt: '2026-03-10T11:30:00.000Z',
  endsAt: '2026-03-10T13:00:00.000Z',
  updatedAt: '2026-03-10T11:30:00.000Z',
  generatorURL: '',
  receivers: [{ name: 'team-payments' }],
  status: { state: 'active', silencedBy: [], inhibitedBy: [] },
};
