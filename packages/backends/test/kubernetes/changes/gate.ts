import http from 'node:http';
import type { AddressInfo } from 'node:net';

type Verdict = 'pass' | 'cut-before' | 'cut-after' | number;

/** What becomes of a request: it passes, is refused with a status, or is cut before or after it has arrived. */
export type Gate = (request: {
  readonly method: string;
  readonly path: string;
  readonly dryRun: boolean;
}) => Verdict | Promise<Verdict>;

/** Hands requests on to another server on loopback, as the gate says. */
export async function startGate(
  target: string,
  gate: Gate,
): Promise<{ readonly address: string; close(): void }> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const { method = 'GET', url = '/' } = request;
      const [path = ''] = url.split('?');
      const verdict = await gate({ method, path, dryRun: url.includes('dryRun=All') });
      if (verdict === 'cut-before') {
        request.socket.destroy();
        return;
      }
      if (typeof verdict === 'number') {
        response.writeHead(verdict, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ kind: 'Status', code: verdict, message: 'said by a webhook' }));
        return;
      }
      const body = Buffer.concat(chunks);
      const onward = http.request(`${target}${url}`, { method, headers: request.headers }, (answer) => {
        if (verdict === 'cut-after') {
          answer.resume();
          answer.on('end', () => request.socket.destroy());
          return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => request.socket.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Boundary: a server that listens on a port has this kind of address.
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
