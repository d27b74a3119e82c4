import type { CallContext, ServiceMapping } from '@devops-mcp/contract';
import { unknownService } from '@devops-mcp/domain';
import type { KubeClient } from '../connection/kube-client.js';
import { type Workload, workload } from '../model/objects.js';
import { readPages, readSome } from '../model/read-objects.js';
import { type WorkloadKind, workloadKinds } from '../workloads/rollout.js';
import { placeOf, serviceLabels, serviceNames } from './service-names.js';

export const plurals = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
} as const satisfies Record<WorkloadKind, string>;

export interface FoundWorkload {
  readonly kind: WorkloadKind;
  readonly object: Workload;
}

/** A service has few workloads; what lies beyond is another's. */
const mostWorkloads = 20;
const mostNames = 5_000;

/** `/apis/apps/v1/namespaces/shop/deployments`, or of all namespaces. */
export function workloadsPath(kind: WorkloadKind, namespace?: string): string {
  return `/apis/apps/v1${namespace === undefined ? '' : `/namespaces/${namespace}`}/${plurals[kind]}`;
}

/**
 * The workloads of a service: where its own file says, else by labels, else by name. Rejects with
 * `not_found` (details.known) when there is none.
 */
export async function findWorkloads(
  client: KubeClient,
  services: ServiceMapping,
  service: string,
  context: CallContext,
): Promise<readonly FoundWorkload[]> {
  const { namespace, workload: name, selector } = placeOf(services, service);
  const search = (queries: readonly Selection[]) => select(client, namespace, queries, context);
  if (selector !== undefined || name !== undefined) {
    const query = {
      ...(selector === undefined ? {} : { labelSelector: selector }),
      ...(name === undefined ? {} : { fieldSelector: `metadata.name=${name}` }),
    };
    const found = await search([query]);
    if (found.length > 0) return found;
  } else {
    const names = [...new Set([service, services.telemetryName(service)])].filter(isLabelValue);
    const values = names.length === 1 ? `=${names[0]}` : ` in (${names.join(',')})`;
    const [byId, byName, byInstance, ...others] = serviceLabels.map((label) => ({
      labelSelector: `${label}${values}`,
    }));
    const first = [byId, byName, byInstance].filter((query) => query !== undefined);
    const second = [...others, ...names.map((one) => ({ fieldSelector: `metadata.name=${one}` }))];
    for (const queries of names.length === 0 ? [] : [first, second]) {
      const found = await search(queries);
      if (found.length > 0) return found;
    }
  }
  throw unknownService(service, await namesOfServices(client, services, context));
}

/** Names of the services whose workloads run here, at most 5,000. */
export async function namesOfServices(
  client: KubeClient,
  services: ServiceMapping,
  context: CallContext,
): Promise<readonly string[]> {
  const names = serviceNames(services);
  const found = new Set<string>();
  for (const kind of workloadKinds) {
    for await (const page of readPages(client, workloadsPath(kind), workload, {}, context)) {
      for (const { metadata } of page) found.add(names.of({ ...metadata, labels: metadata.labels }));
      if (found.size >= mostNames) return [...found].sort();
    }
  }
  return [...found].sort();
}

interface Selection {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

async function select(
  client: KubeClient,
  namespace: string | undefined,
  queries: readonly Selection[],
  context: CallContext,
): Promise<readonly FoundWorkload[]> {
  const asked = queries.flatMap((query) =>
    workloadKinds.map(async (kind) => {
      const path = workloadsPath(kind, namespace);
      const { items } = await readSome(client, path, workload, { ...query, most: mostWorkloads }, context);
      return items.map((object) => ({ kind, object }));
    }),
  );
  const found = new Map<string, FoundWorkload>();
  for (const one of (await Promise.all(asked)).flat()) {
    const { metadata } = one.object;
    found.set(`${one.kind}/${metadata.namespace}/${metadata.name}`, one);
  }
  return [...found.values()].slice(0, mostWorkloads);
}

function isLabelValue(value: string): boolean {
  return /^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/.test(value);
}
