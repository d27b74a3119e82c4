import type { ApiRequest } from './api-request.js';
import { assertPreconditions, type Deletion, deleteOne } from './deletes.js';
import { at, type KubeObject, listAt, numberAt, recordAt, textAt, textsAt, withAt } from './object.js';
import { resourceOfKind } from './resources.js';
import { objectSelector } from './selectors.js';
import { badRequest, disruptionBudget, invalid, methodNotAllowed, type StatusBody } from './status.js';
import type { Store } from './store.js';
import { existing, isDryRun, patched, replaced } from './writes.js';

export interface Answer {
  readonly code: number;
  readonly body: KubeObject | StatusBody | string;
}

/** autoscaling/v1 Scale: the replicas of a workload and nothing else of it. */
export function scale(store: Store, request: ApiRequest): Answer {
  const workload = existing(store, request);
  const shown = scaleOf(workload);
  if (request.verb === 'get') return { code: 200, body: shown };
  if (request.verb !== 'update' && request.verb !== 'patch') throw methodNotAllowed();
  const type = request.contentType.split(';')[0]?.trim() ?? '';
  const wanted = request.verb === 'update' ? request.body : patched(type, shown, request.body);
  const replicas = at(wanted, 'spec', 'replicas') ?? 0;
  assertReplicas(replicas, request.name);
  const { uid, resourceVersion } = recordAt(wanted, 'metadata');
  const metadata = {
    ...workload.metadata,
    ...(typeof uid === 'string' ? { uid } : {}),
    ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
  };
  const changed = withAt({ ...workload, metadata }, ['spec', 'replicas'], replicas);
  return { code: 200, body: scaleOf(replaced(store, request, workload, changed)) };
}

/** The refusal names the Scale and not the workload behind it. */
function assertReplicas(replicas: unknown, name: string): void {
  if (typeof replicas !== 'number' || replicas >= 0) return;
  const message = `Invalid value: ${replicas}: must be greater than or equal to 0`;
  const causes = [{ reason: 'FieldValueInvalid', message, field: 'spec.replicas' }];
  throw invalid({ kind: 'Scale', group: 'autoscaling' }, name, causes);
}

function scaleOf(workload: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = workload.metadata;
  const labels = Object.entries(textsAt(workload, 'spec', 'selector', 'matchLabels'));
  const metadata = Object.fromEntries(
    Object.entries({ name, namespace, uid, resourceVersion, creationTimestamp }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  const replicas = numberAt(workload, 'spec', 'replicas') ?? 0;
  const status = {
    replicas: numberAt(workload, 'status', 'replicas') ?? 0,
    selector: labels.map(([key, value]) => `${key}=${value}`).join(','),
  };
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata,
    spec: replicas === 0 ? {} : { replicas },
    status,
  };
}

/** policy/v1 Eviction: a delete that the pod's disruption budget may refuse with 429. */
export function evict(store: Store, request: ApiRequest, deletion: Deletion): Answer {
  if (request.verb !== 'create') throw methodNotAllowed();
  const pod = existing(store, request);
  if (textAt(request.body, 'kind') !== 'Eviction') throw badRequest('the body is no Eviction');
  assertPreconditions(request.resource, pod, at(request.body, 'deleteOptions'));
  const running =
    textAt(pod, 'status', 'phase') === 'Running' && pod.metadata.deletionTimestamp === undefined;
  if (running) spendBudget(store, request, pod);
  if (!isDryRun({ ...request, body: at(request.body, 'deleteOptions') }))
    deleteOne(store, { ...request, body: at(request.body, 'deleteOptions') }, deletion);
  return {
    code: 201,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
  };
}

function spendBudget(store: Store, request: ApiRequest, pod: KubeObject): void {
  const resource = resourceOfKind('PodDisruptionBudget');
  const budgets = store
    .all(resource, request.namespace)
    .filter((each) => objectSelector(at(each, 'spec', 'selector'))(pod));
  if (budgets.length > 1)
    throw badRequest(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  for (const budget of budgets) {
    const left = numberAt(budget, 'status', 'disruptionsAllowed') ?? 0;
    const [wanted, healthy] = ['desiredHealthy', 'currentHealthy'].map(
      (key) => numberAt(budget, 'status', key) ?? 0,
    );
    if (left <= 0 && isReady(pod))
      throw disruptionBudget(
        `The disruption budget ${budget.metadata.name} needs ${wanted} healthy pods and has ${healthy} currently`,
      );
    if (left > 0 && !isDryRun({ ...request, body: at(request.body, 'deleteOptions') }))
      store.write(resource, withAt(budget, ['status', 'disruptionsAllowed'], left - 1));
  }
}

export function isReady(pod: KubeObject): boolean {
  return listAt(pod, 'status', 'conditions').some(
    (each) => textAt(each, 'type') === 'Ready' && textAt(each, 'status') === 'True',
  );
}

/** A few lines that tell containers, and the runs of one container, apart. */
export function podLog(store: Store, request: ApiRequest): Answer {
  const pod = existing(store, request);
  const names = listAt(pod, 'spec', 'containers').map((each) => textAt(each, 'name'));
  const name = request.query.get('container') ?? names[0] ?? '';
  if (request.query.get('container') === null && names.length > 1)
    throw badRequest(
      `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names.join(' ')}]`,
    );
  if (!names.includes(name)) throw badRequest(`container ${name} is not valid for pod ${pod.metadata.name}`);
  const run = request.query.get('previous') === 'true' ? 'previous' : 'current';
  const lines = Array.from({ length: 20 }, (_, line) => `${name} ${run} line ${line + 1}\n`);
  const tail = Number(request.query.get('tailLines') ?? lines.length);
  return { code: 200, body: lines.slice(Math.max(0, lines.length - tail)).join('') };
}
