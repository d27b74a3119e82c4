import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  localhostHostValidation,
  localhostOriginValidation,
  toNodeHandler,
} from '@modelcontextprotocol/node';
import { createMcpHandler, isLegacyRequest, type McpServerFactory } from '@modelcontextprotocol/server';
import { StartError } from '../start/start-error.js';
import { createLegacySessions } from './legacy-sessions.js';

export interface HttpOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly onError: (error: Error) => void;
}

export interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

const path = '/mcp';
const largestBodyBytes = 1_000_000;

/**
 * Serves MCP over Streamable HTTP on this machine: modern requests each on their own, and clients of
 * the older protocol in sessions. Host and origin are checked first, since any web page that is open
 * in a browser can send requests to a loopback address.
 * Rejects with a StartError when the address is taken.
 */
export async function serveHttp(factory: McpServerFactory, options: HttpOptions): Promise<Listening> {
  const modern = createMcpHandler(factory, {
    legacy: 'reject',
    onerror: options.onError,
    maxRequestBodySize: largestBodyBytes,
  });
  const sessions = createLegacySessions(factory);
  const bounds = { maxRequestBodySize: largestBodyBytes };
  const handler = toNodeHandler(
    {
      fetch: async (request) => {
        if (new URL(request.url).pathname !== path)
          return new Response('MCP is served at /mcp\n', { status: 404 });
        const legacy = await isLegacyRequest(request, undefined, bounds);
        return legacy ? sessions.handle(request) : modern.fetch(request);
      },
    },
    { onerror: options.onError, ...bounds },
  );
  const hostIsLocal = localhostHostValidation();
  const originIsLocal = localhostOriginValidation();
  const listener: RequestListener = (request, response) => {
    if (!hostIsLocal(request, response) || !originIsLocal(request, response)) return;
    // Boundary: the SDK's request type forbids explicitly undefined members, which Node's has.
    void handler(request as never, response);
  };
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new StartError(
          `Cannot listen on ${options.host}:${options.port}; is it taken? Choose another port.`,
          { cause },
        ),
      ),
    );
    server.listen(options.port, options.host, resolve);
  });
  // Boundary: a server that listens on a port has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}${path}`,
    close: async () => {
      await Promise.all([modern.close(), sessions.close()]);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
