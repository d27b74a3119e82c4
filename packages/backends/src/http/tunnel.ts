import http from 'node:http';
import https from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { ToolError } from '@devops-mcp/contract';

/** The proxy did not open the way; `status` is what it answered, undefined when it could not be asked. */
export class ProxyProblem extends Error {
  override readonly name = 'ProxyProblem';
  readonly status: number | undefined;

  constructor(status: number | undefined, cause?: unknown) {
    super(status === undefined ? 'the proxy cannot be asked' : `the proxy answered ${status}`, { cause });
    this.status = status;
  }
}

export interface Proxy {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** Throws `invalid_input` for what is no address of a proxy; the message does not repeat it, since it may hold a password. */
export function proxyAt(address: string): Proxy {
  try {
    const url = new URL(address);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error('no HTTP proxy');
    return { url, headers: credentials(url) };
  } catch {
    throw new ToolError('invalid_input', 'network.proxy is not the address of an HTTP proxy.', {
      hint: 'Write it as http://proxy.example.com:3128; a % in user or password is written %25.',
    });
  }
}

export interface TunnelRequest {
  readonly proxy: Proxy;
  readonly host: string;
  readonly port: number;
  /** What the certificate of an `https://` proxy is checked with. */
  readonly secureContext: SecureContext;
  /** Ends the attempt. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Asks the proxy for a connection to host and port (CONNECT, RFC 9110, 9.3.6), for plain HTTP too, so
 * that the proxy sees neither paths nor credentials. Calls back once.
 */
export function openTunnel(
  request: TunnelRequest,
  done: (error: Error | null, socket?: Socket) => void,
): void {
  const { proxy, host, port, secureContext, signal } = request;
  const encrypted = proxy.url.protocol === 'https:';
  const proxyHost = proxy.url.hostname.replace(/^\[|\]$/g, '');
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const asked = (encrypted ? https : http).request({
    ...{ method: 'CONNECT', host: proxyHost, port: proxy.url.port || (encrypted ? 443 : 80) },
    ...{ path: authority, headers: { host: authority, ...proxy.headers }, agent: false },
    ...(encrypted
      ? { secureContext, servername: isIP(proxyHost) === 0 ? proxyHost : '', rejectUnauthorized: true }
      : {}),
    ...(signal ? { signal } : {}),
  });
  asked.once('connect', ({ statusCode = 0 }, socket, head) => {
    if (statusCode >= 200 && statusCode < 300) {
      if (head.length > 0) socket.unshift(head);
      done(null, socket);
      return;
    }
    socket.destroy();
    done(new ProxyProblem(statusCode));
  });
  asked.once('error', (cause) => done(new ProxyProblem(undefined, cause)));
  asked.end();
}

function credentials({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` };
}
