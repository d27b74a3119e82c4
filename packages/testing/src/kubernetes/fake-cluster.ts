import type { ServerResponse } from 'node:http';
import { answerRequest, textOf } from './answer-request.js';
import { type ApiRequest, resourcePath, verbOf } from './api-request.js';
import {
  anonymous,
  everything,
  forbidden,
  forbiddenPath,
  isAllowed,
  questionOf,
  type Rule,
} from './authorization.js';
import { startControllers } from './controllers/start-controllers.js';
import { discovery } from './discovery.js';
import { type HttpAnswer, type HttpRequest, listen } from './http-server.js';
import { isKubeObject, isRecord, type KubeObject } from './object.js';
import { putObject } from './put-object.js';
import { isKnownGroup, resourceOfKind } from './resources.js';
import { ApiStatus, failure, noSuchPath, unauthorized } from './status.js';
import { createStore, keyOf, type Store } from './store.js';
import { asTable, wantsTable } from './table.js';
import { type Watch, type WatchEvent, watch } from './watch.js';

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly user: string;
  readonly contentType: string;
  readonly bodyBytes: number;
  readonly body: unknown;
}

/** A Kubernetes API server of ours, on loopback, over objects in memory. */
export interface FakeCluster {
  readonly address: string;
  /** kubeconfig YAML with one context, `fake`, whose user has a token. */
  kubeconfig(user?: string): string;
  readonly requests: readonly RecordedRequest[];
  /** Keeps an object as it is given, without authorization or validation, and tells who watches. */
  put(object: KubeObject): KubeObject;
  get(kind: string, namespace: string | null, name: string): KubeObject | undefined;
  list(kind: string, namespace?: string): readonly KubeObject[];
  remove(kind: string, namespace: string | null, name: string): void;
  /** From now on these rules, and no others, are what the user may do. `admin` may everything until named here. */
  allow(user: string, rules: readonly Rule[]): void;
  /** Forgets the history, as compaction does: older resource versions and continue tokens answer 410. */
  compact(): void;
  close(): Promise<void>;
}

export interface FakeClusterOptions {
  readonly objects?: readonly KubeObject[];
  /** Whether workloads get their pods, pods become ready and disruption budgets are counted. */
  readonly controllers?: boolean;
  /**
   * PEM; `ca` is what the kubeconfig trusts, by default the certificate itself. Without TLS, `kubectl` and every other
   * client in Go send no token and are the anonymous user.
   */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
}

export async function startFakeCluster(options: FakeClusterOptions = {}): Promise<FakeCluster> {
  const store = createStore();
  const requests: RecordedRequest[] = [];
  const rules = new Map<string, readonly Rule[]>([['admin', everything]]);
  const watches = new Set<Watch>();
  let address = '';
  for (const namespace of ['default', 'kube-system']) putObject(store, namespaceNamed(namespace));
  for (const object of options.objects ?? []) putObject(store, object);

  const answer = (http: HttpRequest): HttpAnswer => {
    const user = userOf(http.token, rules);
    const { pathname: path, searchParams } = http.url;
    const query = Object.fromEntries(searchParams);
    const { method, contentType, bodyBytes, body } = http;
    requests.push({ method, path, query, user, contentType, bodyBytes, body });
    assertReadable(contentType, body);
    const found = discovery(path, address);
    if (found !== undefined) return discovered(found, user, http);
    if (!/^\/apis?\//.test(path)) throw user === anonymous ? forbiddenPath(user, method, path) : noSuchPath();
    if (!isKnownGroup(path)) return { code: 404, text: '404 page not found\n', type: 'text/plain' };
    const request = apiRequest(http, user);
    const allowed = rules.get(user) ?? [];
    if (request.resource.review === undefined && !isAllowed(allowed, questionOf(request)))
      throw forbidden(request);
    if (request.verb === 'watch')
      return { stream: (response) => openWatch(store, request, response, watches) };
    return answerRequest(store, request, allowed, { graceful: options.controllers === true });
  };
  const listening = await listen(answer, options.tls);
  address = listening.address;
  const controllers = options.controllers === true ? startControllers(store) : undefined;
  return {
    address,
    kubeconfig(user = 'admin') {
      if (!rules.has(user)) rules.set(user, []);
      return kubeconfigOf(address, user, options.tls?.ca ?? options.tls?.cert);
    },
    requests,
    put: (object) => putObject(store, object),
    get: (kind, namespace, name) => store.read(resourceOfKind(kind), placeOf(namespace, name)),
    list: (kind, namespace) => store.all(resourceOfKind(kind), namespace),
    remove: (kind, namespace, name) => void store.remove(resourceOfKind(kind), placeOf(namespace, name)),
    allow: (user, allowed) => void rules.set(user, allowed),
    compact: () => store.compact(),
    async close() {
      controllers?.close();
      for (const each of watches) each.close();
      await listening.close();
    },
  };
}

const tokenPrefix = 'fake-token-';

/** No token is the anonymous user, an unknown one is 401. */
function userOf(token: string | undefined, rules: ReadonlyMap<string, unknown>): string {
  if (token === undefined) return anonymous;
  const user = token.startsWith(tokenPrefix) ? token.slice(tokenPrefix.length) : undefined;
  if (user === undefined || !rules.has(user)) throw unauthorized();
  return user;
}

/** Of the binary forms of the API only access reviews are read; a client that sends more is told so and must not be misread. */
function assertReadable(contentType: string, body: unknown): void {
  if (!/protobuf|cbor/.test(contentType) || isRecord(body)) return;
  const message =
    'the body of the request was in an unknown format - accepted media types include: application/json';
  throw new ApiStatus(failure(415, 'UnsupportedMediaType', message, {}));
}

function discovered(found: object | string, user: string, { method, url }: HttpRequest): HttpAnswer {
  const open = ['/version', '/version/', '/healthz', '/livez', '/readyz'];
  if (user === anonymous && !open.includes(url.pathname)) throw forbiddenPath(user, method, url.pathname);
  if (typeof found === 'string') return { code: 200, text: found, type: 'text/plain' };
  return { code: 200, text: JSON.stringify(found), type: 'application/json' };
}

function apiRequest(http: HttpRequest, user: string): ApiRequest {
  const path = resourcePath(http.url.pathname);
  const { searchParams: query } = http.url;
  const { contentType, accept, userAgent, body } = http;
  return {
    ...path,
    verb: verbOf(http.method, path, query),
    query,
    contentType,
    accept,
    user,
    userAgent,
    body,
  };
}

function openWatch(store: Store, request: ApiRequest, response: ServerResponse, watches: Set<Watch>): void {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  try {
    const open = watch(
      store,
      request,
      (event) => response.write(`${lineOf(request, event)}\n`),
      () => response.end(),
    );
    watches.add(open);
    response.once('close', () => {
      open.close();
      watches.delete(open);
    });
  } catch (error) {
    const object = error instanceof ApiStatus ? error.status : String(error);
    response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
  }
}

function lineOf(request: ApiRequest, { type, object }: WatchEvent): string {
  if (!isKubeObject(object) || type === 'ERROR') return JSON.stringify({ type, object });
  if (!wantsTable(request.accept) || type === 'BOOKMARK')
    return `{"type":"${type}","object":${textOf(object)}}`;
  return JSON.stringify({ type, object: asTable(request, [object], {}) });
}

function kubeconfigOf(address: string, user: string, cert: string | undefined): string {
  const authority =
    cert === undefined ? '' : `\n      certificate-authority-data: ${Buffer.from(cert).toString('base64')}`;
  return `apiVersion: v1
kind: Config
current-context: fake
clusters:
  - name: fake
    cluster:
      server: ${address}${authority}
users:
  - name: ${user}
    user:
      token: ${tokenPrefix}${user}
contexts:
  - name: fake
    context:
      cluster: fake
      user: ${user}
      namespace: default
`;
}

function namespaceNamed(name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}

function placeOf(namespace: string | null, name: string): string {
  return keyOf(namespace === null ? { name } : { namespace, name });
}
