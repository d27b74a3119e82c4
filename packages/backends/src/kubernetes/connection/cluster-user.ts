import { dirname, isAbsolute, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type BackendContext, ToolError } from '@devops-mcp/contract';
import { closestNames } from '@devops-mcp/domain';
import type { Cluster, KubeConfig, User } from '@kubernetes/client-node';
import { accessOf, type ClusterAccess, type KubernetesConfig } from '../kubernetes-config.js';

/** One cluster and who asks it, as kubeconfig or the pod's service account say. */
export interface ClusterUser {
  /** The context's name, or `in-cluster`. */
  readonly name: string;
  readonly cluster: Cluster;
  readonly user: User;
  /** Knows how to get and renew the user's credential. */
  readonly config: KubeConfig;
}

/**
 * Rejects with `unavailable` when there is no kubeconfig that can be read, `not_found` (details.known)
 * for an unknown context. Reads files anew each time.
 */
export async function clusterUser(
  context: BackendContext<KubernetesConfig>,
  side: 'read' | 'write',
): Promise<ClusterUser> {
  // The package's root loads every API class; this is the part that reads kubeconfig.
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  // Loading and the first use of what was loaded are long enough each for one turn of the event loop.
  await nextTurn();
  const access = accessOf(context.config, side);
  const file = access.kubeconfig === undefined ? undefined : context.resolvePath(access.kubeconfig);
  const loaded = new KubeConfig();
  load(loaded, access, file);
  const name = access.inCluster ? 'in-cluster' : selectContext(loaded, access.context);
  const cluster = loaded.getCurrentCluster();
  if (cluster === null || !/^https?:\/\//.test(cluster.server ?? ''))
    throw new ToolError('unavailable', `The context ${name} names no cluster that can be reached.`, {
      hint: 'Check clusters and contexts of the kubeconfig.',
    });
  const named = loaded.getCurrentUser() ?? { name: 'nobody' };
  const user =
    access.credential === undefined
      ? withExecFacts(named, file)
      : { name: 'configured-credential', token: access.credential };
  // Rebuilt so that no proxy agent is made and plain http is accepted, which needs no certificate.
  const plain = cluster.server.startsWith('http://');
  const { proxyUrl: _, ...reached } = cluster;
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [plain ? { ...reached, skipTLSVerify: true } : reached],
    users: [user],
    contexts: [{ name, cluster: cluster.name, user: user.name }],
    currentContext: name,
  });
  return { name, cluster, user, config };
}

function load(config: KubeConfig, access: ClusterAccess, file: string | undefined): void {
  if (access.inCluster && !process.env.KUBERNETES_SERVICE_HOST)
    throw new ToolError('unavailable', 'This process does not run in a pod of a cluster.', {
      hint: 'Remove inCluster: true, or run it in a pod with a service account.',
    });
  try {
    if (access.inCluster) config.loadFromCluster();
    else if (file === undefined) config.loadFromDefault();
    else config.loadFromFile(file);
  } catch (cause) {
    throw new ToolError('unavailable', 'The kubeconfig cannot be read.', {
      hint: 'Check kubeconfig of the Kubernetes backend, the variable KUBECONFIG, or ~/.kube/config.',
      cause,
    });
  }
}

function selectContext(config: KubeConfig, wanted: string | undefined): string {
  const known = config.getContexts().map((context) => context.name);
  // What the SDK makes up when it finds no file.
  const found = known.filter((name) => name !== 'loaded-context');
  if (found.length === 0)
    throw new ToolError('unavailable', 'There is no kubeconfig with a context here.', {
      hint: 'Set kubeconfig of the Kubernetes backend, or inCluster: true in a pod.',
    });
  const name = wanted ?? config.getCurrentContext();
  if (!name || !found.includes(name)) {
    const closest = name ? closestNames(name, found) : [];
    throw new ToolError(
      'not_found',
      name ? `The kubeconfig has no context ${name}.` : 'The kubeconfig has no current context.',
      {
        hint: `Set context to one of ${found.slice(0, 20).join(', ')}.`,
        details: { known: closest.length > 0 ? closest : found.slice(0, 20) },
      },
    );
  }
  config.setCurrentContext(name);
  return name;
}

/**
 * What kubectl tells an exec plugin and the SDK does not: that nobody is there to answer, and that a
 * relative command lies beside the kubeconfig (client authentication API, "Input and output formats").
 */
function withExecFacts(user: User, file: string | undefined): User {
  const exec: unknown = user.exec;
  if (typeof exec !== 'object' || exec === null) return user;
  const facts: Record<string, unknown> = { ...exec };
  const { command, env, apiVersion = 'client.authentication.k8s.io/v1' } = facts;
  const information = { apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
  const variable = { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(information) };
  if (typeof command === 'string' && command.includes('/') && !isAbsolute(command) && file !== undefined)
    facts.command = join(dirname(file), command);
  return { ...user, exec: { ...facts, env: [...(Array.isArray(env) ? env : []), variable] } };
}
