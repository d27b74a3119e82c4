import type { BackendContext, CallContext, RiskTier } from '@devops-mcp/contract';
import type { KubeClient } from '../connection/kube-client.js';
import { openKubeClient } from '../connection/open-kube-client.js';
import type { KubernetesConfig } from '../kubernetes-config.js';
import { type Access, type AccessQuestion, mayI } from './access.js';

/** Rights with which everything in a cluster could be destroyed, taken over or read. */
const beyond: readonly Omit<AccessQuestion, 'namespace'>[] = [
  { verb: '*', group: '*', resource: '*' },
  { verb: 'delete', group: '', resource: 'namespaces' },
  { verb: 'delete', group: 'apps', resource: 'deployments' },
  { verb: 'delete', group: 'apps', resource: 'statefulsets' },
  { verb: 'create', group: '', resource: 'pods', subresource: 'exec' },
  { verb: 'get', group: '', resource: 'secrets' },
  { verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'rolebindings' },
];

/**
 * What the write credential could apply: 1 without one; 4 when it may destroy or take over, or when it
 * cannot be told; else 3, also for one that may do nothing at this moment, since rights of Kubernetes
 * are given at the cluster and without a new credential.
 */
export async function reachOfWrite(context: BackendContext<KubernetesConfig>): Promise<RiskTier> {
  if (context.config.write === undefined) return 1;
  const call = { signal: AbortSignal.timeout(10_000), progress: () => undefined, now: context.clock() };
  try {
    const client = await openKubeClient(context, 'write');
    try {
      return await reachOf(client, call);
    } finally {
      client.close();
    }
  } catch {
    return 4;
  }
}

async function reachOf(client: KubeClient, call: CallContext): Promise<RiskTier> {
  const places = [null, ...(client.namespaces ?? ['default', 'kube-system'])];
  const answers: Access[] = [];
  for (const namespace of places)
    answers.push(...(await Promise.all(beyond.map((right) => mayI(client, { ...right, namespace }, call)))));
  return answers.every((answer) => answer === 'no') ? 3 : 4;
}
