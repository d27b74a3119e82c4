import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { canaryLine } from './canary.js';
import { end, listen } from './fault-proxy.js';

export interface ConnectProxySettings {
  /** PEM; the proxy is then reached over TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Basic credentials without which every tunnel is refused with 407. */
  readonly auth?: { readonly user: string; readonly password: string };
  /**
   * Names that only this proxy can resolve, with the loopback port behind them: a client through a
   * proxy passes names on, so `prometheus.internal.example.com` needs no DNS.
   */
  readonly hosts?: Readonly<Record<string, number>>;
  /** Answers every CONNECT with this status, or with nothing at all. */
  readonly answer?: number | 'nothing';
}

export interface ConnectProxy {
  /** Without credentials. */
  readonly url: string;
  /** `host:port` of each CONNECT, in the order they came, refused ones included. */
  readonly targets: readonly string[];
  /** Requests other than CONNECT, which a client of ours never sends. */
  readonly plainRequests: number;
  /** Resolves once a client has given up `count` CONNECT requests that were not answered. */
  abandoned(count: number): Promise<void>;
  close(): Promise<void>;
}

/** A CONNECT proxy (RFC 9110, 9.3.6) on loopback. */
export async function startConnectProxy(settings: ConnectProxySettings = {}): Promise<ConnectProxy> {
  const { tls } = settings;
  const targets: string[] = [];
  const sockets = new Set<Socket>();
  const given = { abandoned: 0, plainRequests: 0 };
  const server = tls ? https.createServer({ cert: tls.certificate, key: tls.key }) : http.createServer();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  };
  server.on('connection', keep);
  server.on('request', (_, response) => {
    given.plainRequests += 1;
    response.writeHead(405, canaryLine).end(canaryLine);
  });
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    targets.push(request.url ?? '');
    client.on('error', () => client.destroy());
    const refusal = settings.answer ?? refusalOf(settings, request);
    if (refusal === 'nothing') {
      client.once('close', () => {
        given.abandoned += 1;
        server.emit('abandoned');
      });
      // Sockets of an HTTP server stay open on their side when the client ends its own.
      client.once('end', () => client.destroy());
      client.resume();
      return;
    }
    if (refusal !== undefined) return refuse(client, refusal);
    keep(tunnel(client, settings.hosts?.[nameOf(request)] ?? 0));
  });
  const port = await listen(server, 0);
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    targets,
    get plainRequests() {
      return given.plainRequests;
    },
    abandoned: async (count) => {
      while (given.abandoned < count) await once(server, 'abandoned');
    },
    close: () => end(server, sockets),
  };
}

function refusalOf({ auth, hosts }: ConnectProxySettings, request: IncomingMessage): number | undefined {
  if (auth !== undefined) {
    const expected = Buffer.from(`${auth.user}:${auth.password}`).toString('base64');
    if (request.headers['proxy-authorization'] !== `Basic ${expected}`) return 407;
  }
  return hosts?.[nameOf(request)] === undefined ? 502 : undefined;
}

function nameOf({ url = '' }: IncomingMessage): string {
  return url.slice(0, url.lastIndexOf(':'));
}

function refuse(client: Duplex, status: number): void {
  const head = `HTTP/1.1 ${status} ${canaryLine}\r\nproxy-authenticate: Basic realm="${canaryLine}"\r\n`;
  client.end(`${head}content-length: ${canaryLine.length}\r\n\r\n${canaryLine}`);
}

function tunnel(client: Duplex, port: number): Socket {
  const onward = connect(port, '127.0.0.1', () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    onward.pipe(client).pipe(onward);
  });
  onward.once('close', () => client.destroy());
  client.once('close', () => onward.destroy());
  return onward;
}
