import type { CallContext, ServiceMapping } from '@devops-mcp/contract';
import type { KubeClient } from '../connection/kube-client.js';
import { workload } from '../model/objects.js';
import { readSome } from '../model/read-objects.js';
import type { WorkloadKind } from '../workloads/rollout.js';
import { type FoundWorkload, findWorkloads, workloadsPath } from './find-workloads.js';

/** As `findWorkloads`. */
export type FindWorkloads = (
  client: KubeClient,
  service: string,
  context: CallContext,
) => Promise<readonly FoundWorkload[]>;

/** A workload that is new beside those known is seen after this long. */
const rememberedMs = 60_000;
const mostRemembered = 500;

interface Places {
  readonly until: number;
  readonly workloads: readonly Place[];
}

interface Place {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
}

/**
 * Remembers for a minute where a service's workloads lie, since one question about a service is followed
 * by others: they are then asked for by name in place of some nine searches. The objects themselves are read
 * each time, and when one has gone all are searched for anew.
 */
export function rememberingWorkloads(services: ServiceMapping): FindWorkloads {
  const places = new Map<string, Places>();
  return async (client, service, context) => {
    const known = places.get(service);
    places.delete(service);
    if (known !== undefined && known.until > context.now.getTime()) {
      const present = await presentOf(client, known, context);
      if (present !== undefined) {
        places.set(service, known);
        return present;
      }
    }
    const found = await findWorkloads(client, services, service, context);
    const workloads = found.map(({ kind, object: { metadata } }) => ({
      ...{ kind, namespace: metadata.namespace, name: metadata.name },
    }));
    const [oldest] = places.keys();
    if (places.size >= mostRemembered && oldest !== undefined) places.delete(oldest);
    places.set(service, { until: context.now.getTime() + rememberedMs, workloads });
    return found;
  };
}

/** Undefined when one of them is gone. */
async function presentOf(
  client: KubeClient,
  { workloads }: Places,
  context: CallContext,
): Promise<readonly FoundWorkload[] | undefined> {
  const asked = workloads.map(async ({ kind, namespace, name }) => {
    // A list, as the search is one: a role that may list and not get is enough for both.
    const query = { fieldSelector: `metadata.name=${name}`, most: 1 };
    const { items } = await readSome(client, workloadsPath(kind, namespace), workload, query, context);
    const [object] = items;
    return object === undefined ? undefined : { kind, object };
  });
  const present = (await Promise.all(asked)).filter((one) => one !== undefined);
  return present.length === workloads.length ? present : undefined;
}
