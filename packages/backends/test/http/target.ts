import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NetworkSettings } from '@devops-mcp/contract';
import { afterEach } from 'vitest';
import { type HttpRequest, type HttpTarget, openHttp } from '../../src/http/http-client.js';
import type { Resilience } from '../../src/http/resilience.js';

export const noNetwork: NetworkSettings = { proxy: null, noProxy: [], caFile: null };

/** No random waits, so that a repeat comes at once. */
export const atOnce: Partial<Resilience> = { random: () => 0 };

export function targetAt(address: string | URL, facts: Partial<HttpTarget> = {}): HttpTarget {
  return { system: 'Prometheus', address: new URL(address), network: noNetwork, ...facts };
}

const never = new AbortController().signal;

/** A read that nobody cancels. */
export const read = (facts: Partial<HttpRequest> = {}): HttpRequest => ({
  ...{ path: '/api', signal: never },
  ...facts,
});

/** Clients that ask once, and whatever else a test of the file opens; closed after each test. */
export function closedAfterEach() {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  return {
    open,
    client(address: string, network: Partial<NetworkSettings>, facts: Partial<HttpTarget> = {}) {
      const target = targetAt(address, { network: { ...noNetwork, ...network }, ...facts });
      const http = openHttp(target, { attempts: 1 });
      open.push(http);
      return http;
    },
  };
}

/** A server that answers every request with the same JSON. */
export async function goodServer(body: unknown = { status: 'success' }) {
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => {
      const text = JSON.stringify(body);
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
      response.writeHead(200, headers).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // The address of a server that listens on a TCP port is never a path.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What a promise rejects with; fails the test when it does not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const settled = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in settled) return settled.error;
  throw new Error(`answered instead of failing: ${JSON.stringify(settled.value)?.slice(0, 200)}`);
}
