import { type BackendContext, type CallContext, ToolError } from '@devops-mcp/contract';
import { problemOf } from '../../http/http-errors.js';
import type { KubernetesConfig } from '../kubernetes-config.js';
import { guardPath, inNamespace, ruleOf } from './api-path.js';
import { type ClusterHttp, openClusterHttp } from './cluster-http.js';
import type { KubeClient, KubeObject, ListPage, ListQuery, WriteRequest } from './kube-client.js';
import { listPages } from './list-pages.js';
import { asFields, asObject } from './read-answer.js';
import { watchEvents } from './watch-events.js';

const fieldManager = 'devops-mcp';
const patchTypes = {
  'strategic-merge': 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;
const verbs = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' } as const;

/**
 * A client with the reader's or the writer's credential. Rejects when the kubeconfig cannot be read, its
 * context is unknown, or the write side names another cluster than the read side.
 */
export async function openKubeClient(
  context: BackendContext<KubernetesConfig>,
  side: 'read' | 'write',
): Promise<KubeClient> {
  const cluster = await openClusterHttp(context, side);
  if (side === 'write') await refuseOtherCluster(context, cluster);
  return kubeClient(cluster, {
    namespaces: context.config.namespaces ?? null,
    helm: context.config.helm,
  });
}

/** A client over an opened cluster; the guards stand before every request. */
export function kubeClient(
  cluster: ClusterHttp,
  allowed: { readonly namespaces: readonly string[] | null; readonly helm: boolean },
): KubeClient {
  return {
    cluster: cluster.name,
    namespaces: allowed.namespaces,
    async get<T extends KubeObject>(path: string, { signal }: CallContext) {
      const address = guardPath(path, allowed, { lists: false });
      const needs = ruleOf('get', address);
      try {
        const answer = await cluster.read((http) => http.json({ path, signal, needs }));
        return asObject<T>(answer.body);
      } catch (error) {
        if (problemOf(error)?.status === 404) return undefined;
        throw error;
      }
    },
    async *pages<T extends KubeObject>(path: string, query: ListQuery, context: CallContext) {
      const address = guardPath(path, allowed, { lists: true, fieldSelector: query.fieldSelector });
      const everywhere = address !== undefined && address.namespace === null;
      const paths =
        allowed.namespaces !== null && everywhere
          ? allowed.namespaces.map((namespace) => inNamespace(address, namespace))
          : [path];
      for (const one of paths) {
        const needs = ruleOf('list', guardPath(one, allowed, { lists: true, ...query }));
        yield* listPages<T>(cluster, one, query, { context, needs }) as AsyncIterable<ListPage<T>>;
      }
    },
    async write<T extends KubeObject>(request: WriteRequest, { signal }: CallContext) {
      guardPath(request.path, allowed, { lists: false });
      const { method, path, body, patch = 'strategic-merge', dryRun, needs } = request;
      const headers = method === 'PATCH' ? { 'content-type': patchTypes[patch] } : {};
      const query = {
        ...(dryRun ? { dryRun: 'All' } : {}),
        ...(method === 'DELETE' ? {} : { fieldManager }),
      };
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const rule = needs === '' ? ruleOf(verbs[method], guardPath(path, allowed, { lists: false })) : needs;
      const answer = await cluster.write((http) =>
        http.json({ method, path, query, headers, signal, needs: rule, ...sent }),
      );
      return answered<T>(answer.body);
    },
    async *watch<T extends KubeObject>(
      path: string,
      query: ListQuery & { readonly resourceVersion?: string },
      context: CallContext,
    ) {
      const address = guardPath(path, allowed, { lists: false });
      yield* watchEvents<T>(cluster, path, query, { context, needs: ruleOf('watch', address) });
    },
    async review(path, body, { signal }) {
      const needs = ruleOf('create', guardPath(path, allowed, { lists: false }));
      const request = { method: 'POST', path, body: JSON.stringify(body), reads: true } as const;
      const answer = await cluster.read((http) => http.json({ ...request, signal, needs }));
      return asFields(answer.body);
    },
    close: () => cluster.close(),
  };
}

/** Creating an eviction or deleting is answered with a Status, which has no name. */
function answered<T extends KubeObject>(body: unknown): T {
  const fields = asFields(body);
  const metadata = typeof fields.metadata === 'object' && fields.metadata !== null ? fields.metadata : {};
  return asObject<T>({ ...fields, metadata: { name: '', ...metadata } });
}

async function refuseOtherCluster(
  context: BackendContext<KubernetesConfig>,
  write: ClusterHttp,
): Promise<void> {
  const read = await openClusterHttp(context, 'read');
  read.close();
  if (read.address.href === write.address.href) return;
  write.close();
  throw new ToolError('invalid_input', 'The write side names another cluster than the read side.', {
    hint: 'Let both reach the same server; give another cluster an environment of its own.',
  });
}
