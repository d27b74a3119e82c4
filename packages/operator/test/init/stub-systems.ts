import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StubSystem {
  readonly address: string;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Answers each path with its text, everything else with 404. Null never answers. */
export async function stubSystem(paths: Readonly<Record<string, string | null>>): Promise<StubSystem> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const text = paths[path];
    if (text === null) return;
    response
      .writeHead(text === undefined ? 404 : 200, { 'content-type': 'application/json' })
      .end(text ?? '');
  });
  const port = await listen(server);
  return {
    address: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

export const stubPrometheus = () =>
  stubSystem({ '/api/v1/status/buildinfo': '{"status":"success","data":{"version":"2.53.0"}}' });

export const stubAlertmanager = () =>
  stubSystem({
    '/api/v2/status':
      '{"cluster":{"status":"ready"},"uptime":"2026-01-01T00:00:00Z","versionInfo":{"version":"0.27.0"}}',
  });

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  // Boundary: what listens on TCP has an address with a port.
  return (server.address() as AddressInfo).port;
}
