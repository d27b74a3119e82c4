import { type BackendContext, type CallContext, type Finding, ToolError } from '@devops-mcp/contract';
import { mayI } from './changes/access.js';
import { type ClusterHttp, openClusterHttp } from './connection/cluster-http.js';
import type { KubeClient } from './connection/kube-client.js';
import { kubeClient } from './connection/open-kube-client.js';
import type { KubernetesConfig } from './kubernetes-config.js';
import { helmRule, readerRules } from './rbac-rules.js';
import type { RbacRule } from './role-manifest.js';

/** Credentials expire and windows end by clocks; more than this is worth a word. */
const clockToleranceMs = 30_000;
const mostNamespaces = 20;

/** Rights that reading does not need and that a lost credential would make dangerous. */
const tooMuch = [
  { verb: 'create', group: '', resource: 'pods', subresource: 'exec', words: 'run commands in pods' },
  { verb: 'delete', group: 'apps', resource: 'deployments', words: 'delete deployments' },
  { verb: 'patch', group: 'apps', resource: 'deployments', words: 'change deployments' },
  { verb: 'get', group: '', resource: 'secrets', words: 'read secrets' },
] as const;

/** Asks the cluster whether reading would work: reachable, credential, permissions, clock, namespaces. */
export async function examineCluster(
  context: BackendContext<KubernetesConfig>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const call = { signal, progress: () => undefined, now: context.clock() };
  let cluster: ClusterHttp;
  try {
    cluster = await openClusterHttp(context, 'read');
  } catch (error) {
    return [failure('configuration', error, signal)];
  }
  const { namespaces = null, helm } = context.config;
  const client = kubeClient(cluster, { namespaces, helm });
  try {
    const reached = await reach(cluster, context, call);
    if (reached.some(({ level }) => level === 'failure')) return reached;
    const credential = await examineCredential(client, call);
    if (credential.level === 'failure') return [...reached, credential];
    const permissions = await examineRights(client, helm, call);
    return [...reached, credential, ...permissions, ...(await examineNamespaces(client, call))];
  } catch (error) {
    return [failure('reachability', error, signal)];
  } finally {
    client.close();
  }
}

async function reach(
  cluster: ClusterHttp,
  { clock }: BackendContext<KubernetesConfig>,
  { signal }: CallContext,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  try {
    const request = { path: '/version', signal, needs: 'the right to read /version' };
    const { headers } = await cluster.read((http) => http.json(request));
    findings.push({ topic: 'reachability', level: 'ok', message: `The cluster ${cluster.name} answers.` });
    const apart = Date.parse(headers.date ?? '') - clock().getTime();
    if (Math.abs(apart) > clockToleranceMs)
      findings.push({
        ...{ topic: 'clock', level: 'warning' },
        message: `The clock of the cluster is ${Math.round(Math.abs(apart) / 1000)} s ${apart > 0 ? 'ahead' : 'behind'}.`,
        fix: 'Synchronise the clocks of both machines (NTP).',
      });
  } catch (error) {
    const denied = error instanceof ToolError && error.code === 'denied';
    return [failure(denied ? 'credential' : 'reachability', error, signal)];
  }
  if (cluster.unverified)
    findings.push({
      ...{ topic: 'configuration', level: 'warning' },
      message: 'The kubeconfig says that the certificate of the cluster is not to be checked.',
      fix: 'Replace insecure-skip-tls-verify by certificate-authority-data.',
    });
  if (cluster.address.protocol === 'http:')
    findings.push({
      ...{ topic: 'configuration', level: 'warning' },
      message: 'The cluster is reached without encryption.',
      fix: 'Use its https address.',
    });
  return findings;
}

/** `/version` answers nobody too, so the cluster is asked for whom it takes us. */
async function examineCredential(client: KubeClient, call: CallContext): Promise<Finding> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  try {
    await client.review('/apis/authentication.k8s.io/v1/selfsubjectreviews', body, call);
  } catch (error) {
    // Before 1.28 there is no such review; a wrong token was refused already.
    if (!(error instanceof ToolError) || error.code !== 'not_found')
      return {
        ...{ topic: 'credential', level: 'failure' },
        message: `The cluster ${client.cluster} knows nobody by the credential.`,
        fix: 'Check the user of the context, or set credential of the Kubernetes backend.',
      };
  }
  return {
    ...{ topic: 'credential', level: 'ok' },
    message: `The cluster ${client.cluster} accepts the credential.`,
  };
}

async function examineRights(
  client: KubeClient,
  helm: boolean,
  call: CallContext,
): Promise<readonly Finding[]> {
  const places = client.namespaces === null ? [null] : client.namespaces.slice(0, mostNamespaces);
  const findings: Finding[] = [];
  for (const namespace of places) {
    const where = namespace === null ? 'in all namespaces' : `in the namespace ${namespace}`;
    for (const rule of helm ? [...readerRules, helmRule] : readerRules) {
      const missing = await missingOf(client, rule, namespace, call);
      if (missing === undefined) continue;
      findings.push({
        ...{ topic: 'permission', level: 'failure' },
        message: `The credential lacks ${missing} ${where}.`,
        fix: 'Apply the reader manifest of docs/backends/kubernetes-reader.yaml, or the rule that is missing.',
      });
    }
    for (const { words, ...question } of tooMuch) {
      if (helm && question.resource === 'secrets') continue;
      if ((await mayI(client, { ...question, namespace }, call)) !== 'yes') continue;
      findings.push({
        ...{ topic: 'permission', level: 'warning' },
        message: `The reading credential may ${words} ${where}, which it does not need.`,
        fix: 'Give reading a service account of its own with docs/backends/kubernetes-reader.yaml.',
      });
    }
  }
  if (findings.length > 0) return findings;
  return [
    { topic: 'permission', level: 'ok', message: 'The credential may read what is needed, and no more.' },
  ];
}

/** `get, list on deployments.apps`; undefined when the whole rule is granted. */
async function missingOf(
  client: KubeClient,
  { apiGroups, resources, verbs }: RbacRule,
  namespace: string | null,
  call: CallContext,
): Promise<string | undefined> {
  const group = apiGroups[0] ?? '';
  const questions = resources.flatMap((resource) =>
    verbs.map((verb) => ({ verb, group, resource, namespace })),
  );
  const answers = await Promise.all(questions.map((question) => mayI(client, question, call)));
  const refused = questions.filter((_, index) => answers[index] !== 'yes');
  if (refused.length === 0) return undefined;
  const unique = (values: readonly string[]) => [...new Set(values)].join(', ');
  const names = refused.map(({ resource }) => `${resource}${group === '' ? '' : `.${group}`}`);
  return `${unique(refused.map(({ verb }) => verb))} on ${unique(names)}`;
}

/** A namespace that is not there lists as empty, which would look like a service that does not run. */
async function examineNamespaces(client: KubeClient, call: CallContext): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const namespace of (client.namespaces ?? []).slice(0, mostNamespaces)) {
    try {
      if (await client.get(`/api/v1/namespaces/${namespace}`, call)) continue;
    } catch (error) {
      // Reading a namespace itself is a right that nothing else needs.
      if (error instanceof ToolError && error.code === 'denied') continue;
      throw error;
    }
    findings.push({
      ...{ topic: 'configuration', level: 'failure' },
      message: `The namespace ${namespace} does not exist in the cluster.`,
      fix: 'Correct namespaces of the Kubernetes backend.',
    });
  }
  return findings;
}

function failure(topic: Finding['topic'], error: unknown, signal: AbortSignal): Finding {
  signal.throwIfAborted();
  if (!(error instanceof ToolError)) throw error;
  const { message, hint } = error;
  return { topic, level: 'failure', message, ...(hint === undefined ? {} : { fix: hint }) };
}
