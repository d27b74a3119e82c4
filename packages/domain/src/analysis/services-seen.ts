import type { CallContext } from '@devops-mcp/contract';
import type { Answer, Window } from '../answer.js';
import type { WorkloadsApi } from '../deployments.js';
import type { MetricsApi } from '../metrics.js';

/** Ports that can list the services of an environment; those that are not configured are undefined. */
export interface InventoryPorts {
  readonly metrics: MetricsApi | undefined;
  readonly workloads: WorkloadsApi | undefined;
}

const mostServices = 1_000;

/**
 * Names of the services that run or send telemetry, for environments without a catalog. Undefined when
 * no backend could say: then no name can be called wrong.
 */
export async function servicesSeen(
  { metrics, workloads }: InventoryPorts,
  window: Window,
  context: CallContext,
): Promise<readonly string[] | undefined> {
  const asked: Promise<Answer<readonly string[]>>[] = [];
  if (metrics) asked.push(metrics.services({ window }, context));
  if (workloads) asked.push(workloads.services({ limit: mostServices }, context));
  const outcomes = await Promise.allSettled(asked);
  context.signal.throwIfAborted();
  const lists = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value.data] : []));
  return lists.length > 0 ? [...new Set(lists.flat())] : undefined;
}
