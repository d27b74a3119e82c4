import { createHash } from 'node:crypto';
import type { RequestOptions } from 'node:https';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { type BackendContext, type NetworkSettings, ToolError } from '@devops-mcp/contract';
import { type HttpClient, type HttpRequest, type HttpTarget, openHttp } from '../../http/http-client.js';
import { problemOf } from '../../http/http-errors.js';
import type { KubernetesConfig } from '../kubernetes-config.js';
import { type ClusterUser, clusterUser } from './cluster-user.js';

type Headers = Readonly<Record<string, string>>;

/** A cluster over HTTP with a credential that is renewed as kubeconfig says. */
export interface ClusterHttp {
  readonly name: string;
  readonly address: URL;
  /** True when the kubeconfig says that the server's certificate is not to be checked. */
  readonly unverified: boolean;
  /** Asks again once with a fresh credential when a read is answered with 401. */
  read<T>(ask: (http: HttpClient) => Promise<T>): Promise<T>;
  /** Asks once, with a credential that was just asked for. */
  write<T>(ask: (http: HttpClient) => Promise<T>): Promise<T>;
  close(): void;
}

/** Files and plugins behind a credential are asked again after this long. */
const credentialAgeMs = 30_000;
const pluginTimeoutMs = 30_000;

interface Held {
  readonly http: HttpClient;
  readonly headers: { current: Headers };
}

export async function openClusterHttp(
  context: BackendContext<KubernetesConfig>,
  side: 'read' | 'write',
): Promise<ClusterHttp> {
  let who = await clusterUser(context, side);
  const { cluster, name } = who;
  const address = new URL(cluster.server);
  const network = networkOf(who, context.network);
  const setting = `the user of the context ${name} in the kubeconfig, or ${side === 'read' ? '' : 'write.'}credential`;
  const clients = new Map<string, Held>();
  let fresh: { readonly held: Held; readonly until: number } | undefined;

  const connect = async (): Promise<Held> => {
    const options = await credentialOf(who);
    await nextTurn();
    const headers = headersOf(options);
    const tls = tlsOf(options);
    const key = createHash('sha256').update(JSON.stringify(tls)).digest('hex');
    const held = clients.get(key) ?? open({ address, network, tls, setting }, headers);
    held.headers.current = headers;
    clients.set(key, held);
    fresh = { held, until: Date.now() + credentialAgeMs };
    return held;
  };
  const reading = async () => (fresh && fresh.until > Date.now() ? fresh.held : connect());

  return {
    name,
    address,
    unverified: address.protocol === 'https:' && cluster.skipTLSVerify === true,
    async read(ask) {
      try {
        return await ask((await reading()).http);
      } catch (error) {
        if (problemOf(error)?.status !== 401) throw error;
        // A token that was revoked or rotated: kubeconfig and plugins are asked anew, once.
        who = await clusterUser(context, side);
        return ask((await connect()).http);
      }
    },
    write: async (ask) => ask((await connect()).http),
    close() {
      for (const { http } of clients.values()) http.close();
      clients.clear();
      fresh = undefined;
    },
  };
}

function open(
  target: Pick<HttpTarget, 'address' | 'network'> & { readonly tls: object; readonly setting: string },
  headers: Headers,
): Held {
  const current = { current: headers };
  const { address, network, tls, setting: credentialSetting } = target;
  const http = openHttp({
    ...{ system: 'Kubernetes', address, network, tls, credentialSetting },
    headers: () => current.current,
  });
  return { http: withOwnSignals(http), headers: current };
}

/** Requests that run together would all listen to the caller's one signal, of which Node warns. */
function withOwnSignals(http: HttpClient): HttpClient {
  const own = (request: HttpRequest) => ({ ...request, signal: AbortSignal.any([request.signal]) });
  return {
    json: (request) => http.json(own(request)),
    stream: (request) => http.stream(own(request)),
    close: () => http.close(),
  };
}

/** `proxy-url` of the cluster wins over the configured proxy, as with kubectl. */
function networkOf({ cluster, name }: ClusterUser, network: NetworkSettings): NetworkSettings {
  if (cluster.proxyUrl === undefined) return network;
  if (!/^https?:\/\//.test(cluster.proxyUrl))
    throw new ToolError('unsupported', `The proxy of the context ${name} is not an HTTP proxy.`, {
      hint: 'Use a proxy-url that begins with http:// or https://.',
    });
  return { ...network, proxy: cluster.proxyUrl, noProxy: [] };
}

/** Runs exec plugins, reads token files, renews OIDC tokens. */
async function credentialOf({ config, user, name }: ClusterUser): Promise<RequestOptions> {
  const options: RequestOptions = {};
  const applied = config.applyToHTTPSOptions(options).catch((cause: unknown) => {
    throw credentialError(user, name, cause);
  });
  const late = new AbortController();
  const tooLong = wait(pluginTimeoutMs, undefined, { signal: late.signal, ref: false }).then(() => {
    throw credentialError(user, name, new Error(`not within ${pluginTimeoutMs / 1000} s`));
  });
  try {
    await Promise.race([applied, tooLong]);
  } finally {
    tooLong.catch(() => undefined);
    late.abort();
  }
  return options;
}

function credentialError(user: ClusterUser['user'], context: string, cause: unknown): ToolError {
  const exec: unknown = user.exec;
  const command =
    typeof exec === 'object' && exec !== null && 'command' in exec ? String(exec.command) : undefined;
  return command === undefined
    ? new ToolError('denied', `The credential of the context ${context} could not be read.`, {
        hint: 'Check files and the auth provider that its user names in the kubeconfig.',
        cause,
      })
    : new ToolError('denied', `The exec plugin ${command} of the context ${context} failed.`, {
        hint: 'Run it by hand, or log in again as it asks.',
        cause,
      });
}

function headersOf(options: RequestOptions): Headers {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {}))
    if (typeof value === 'string' || typeof value === 'number')
      headers[name.toLowerCase()] = String(value).trim();
  if (typeof options.auth === 'string')
    headers.authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  return headers;
}

function tlsOf({ ca, cert, key, servername, rejectUnauthorized }: RequestOptions) {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(servername === undefined ? {} : { servername }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
}
