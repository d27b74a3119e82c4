import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { FaultRule } from './fault.js';
import { faultLog, type SeenRequest } from './fault-log.js';
import { handOn } from './hand-on.js';
import { cut, passed, playFault } from './play-fault.js';
import { script } from './script.js';

export interface FaultProxy {
  /** `http://127.0.0.1:PORT`, or `https://` with `tls`; without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly requests: readonly SeenRequest[];
  /** Connections that clients opened so far. */
  readonly connections: number;
  /** Replaces the rules; what `nth` counts begins anew. */
  play(...rules: readonly FaultRule[]): void;
  /** Forgets the requests seen. */
  forget(): void;
  /** Resolves once `count` requests have come. */
  received(count: number): Promise<void>;
  /** Resolves once the client has hung up on `count` requests. */
  hungUp(count: number): Promise<void>;
  /** Resets connections that are kept for a next request, as a server or a firewall does after a while. */
  resetIdle(): void;
  /** Connections are refused until `listenAgain`. */
  refuse(): Promise<void>;
  listenAgain(): Promise<void>;
  close(): Promise<void>;
}

export interface FaultProxySettings {
  /** Where requests go that no rule matches. */
  readonly target: string | URL;
  readonly rules?: readonly FaultRule[];
  /** PEM; the proxy then speaks TLS, and with `clientAuthority` asks its clients for a certificate. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly clientAuthority?: string };
}

/**
 * Stands between a client and a server on loopback and fails as its rules say. Every fault carries
 * the canary in body and headers. Tests wait for what it saw happen, never for a time.
 */
export async function startFaultProxy({ target, rules = [], tls }: FaultProxySettings): Promise<FaultProxy> {
  const log = faultLog();
  const sockets = new Set<Socket>();
  const busy = new Set<Socket>();
  let playing = script(rules);
  let connections = 0;

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    busy.add(socket);
    response.once('close', () => busy.delete(socket));
    const fault = playing.faultFor(request);
    const entry = log.add(request, response, fault);
    if (!(await entry.complete())) return;
    if (fault?.kind === 'latency') await passed(fault.ms, response);
    if (response.destroyed) return;
    const given = { request, body: entry.body };
    if (fault === undefined || fault.kind === 'latency') handOn(new URL(target), given, response, 'answer');
    else if (fault.kind === 'lost-answer') handOn(new URL(target), given, response, 'lose-answer');
    else playFault(fault, response);
  };
  const server = serverFor(tls);
  server.on('request', (request, response) => void answer(request, response));
  server.on('clientError', (_, socket) => socket.destroy());
  server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    // A client that resets is what is tested; without a listener it would end the process.
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  const port = await listen(server, 0);
  const stop = () => end(server, sockets);
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    requests: log.requests,
    get connections() {
      return connections;
    },
    play: (...next) => {
      playing = script(next);
    },
    forget: log.forget,
    received: (count) => log.until((requests) => requests.length >= count),
    hungUp: (count) => log.until((requests) => requests.filter((seen) => seen.hungUp).length >= count),
    resetIdle: () => {
      for (const socket of sockets) if (!busy.has(socket)) cut(socket);
    },
    refuse: stop,
    listenAgain: async () => void (await listen(server, port)),
    close: stop,
  };
}

function serverFor(tls: FaultProxySettings['tls']): http.Server {
  const settings = { keepAliveTimeout: 60_000 };
  if (tls === undefined) return http.createServer(settings);
  const { certificate: cert, key, clientAuthority: ca } = tls;
  return https.createServer({ ...settings, cert, key, ...(ca ? { ca, requestCert: true } : {}) });
}

/** Returns the port, which is a free one for 0. */
export async function listen(server: http.Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  // The address of a server that listens on a TCP port is never a path.
  return (server.address() as AddressInfo).port;
}

/** Ends a server and every connection to it; may be called twice. */
export async function end(server: http.Server, sockets: ReadonlySet<Socket>): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  for (const socket of sockets) socket.destroy();
  server.closeAllConnections();
  await closed;
}
