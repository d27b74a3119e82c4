import {
  type CallContext,
  defineAction,
  environmentName,
  optional,
  serviceName,
  ToolError,
} from '@devops-mcp/contract';
import {
  askDeployments,
  countDependents,
  type DesiredState,
  deploymentsPort,
  servicesPort,
  type WorkloadsApi,
  workloadsPort,
} from '@devops-mcp/domain';
import { z } from 'zod';
import { rolloutTimeoutMs } from './rollout-timeout.js';

const reversal = {
  kind: 'reversible',
  how: 'Nothing is put back: a new pod of the same template takes its place. What the old one held in memory and in temporary volumes is gone.',
} as const;

export const restartPod = defineAction({
  name: 'restart_pod',
  title: 'Restart one pod',
  description:
    'Takes one pod of a service away, within its disruption budget, so that another starts in its place. Names of pods: get_workload_status.',
  riskTier: 3,
  ports: { deployments: deploymentsPort, services: servicesPort, workloads: optional(workloadsPort) },
  input: z.strictObject({
    environment: environmentName,
    service: serviceName,
    pod: z
      .string()
      .max(253)
      .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/),
  }),
  limits: { timeoutMs: rolloutTimeoutMs, outputBytes: 48_000 },
  environments: ['production', 'staging', 'development'],
  blastRadius: { podsRestarted: 1, capacityRemovedShare: 1, services: 1, dependents: 500 },
  reversal,
  resolve: ({ input }) => ({ environment: input.environment, services: [input.service] }),
  async plan({ input, ports, signal, progress, now }) {
    const { service, pod } = input;
    const context = { signal, progress, now };
    const { plan, current } = await askDeployments(service, ports, context, (api) =>
      api.planRestart({ service, pod }, context),
    );
    if (!JSON.stringify(plan.change).includes(JSON.stringify(pod))) throw noSinglePods();
    return {
      ...plan,
      blastRadius: {
        podsRestarted: 1,
        capacityRemovedShare: await shareOf(pod, service, current, ports.workloads, context),
        services: 1,
        dependents: countDependents(service, ports.services),
      },
      reversal,
    };
  },
  apply: ({ plan, ports, idempotencyKey, reason, signal, progress, now }) =>
    ports.deployments.applyChange(
      { change: plan.change, idempotencyKey, message: reason },
      { signal, progress, now },
    ),
});

/** A backend that passes over the pod would restart them all. */
function noSinglePods(): ToolError {
  return new ToolError('unsupported', 'The system behind deployments cannot restart a single pod.', {
    hint: 'Use restart_service, or add a backend that runs pods, such as kubernetes.',
  });
}

/**
 * What goes of the pods that are ready now; a pod that is not ready takes nothing away. Where nobody
 * tells what is ready, its share of what is desired.
 */
async function shareOf(
  pod: string,
  service: string,
  current: DesiredState,
  workloads: WorkloadsApi | undefined,
  context: CallContext,
): Promise<number> {
  const rows = (await workloads?.status({ service }, context))?.data ?? [];
  const named = rows.find(({ pods }) => pods.some(({ name }) => name === pod));
  const row = named ?? (rows.length === 1 ? rows[0] : undefined);
  if (row === undefined) return 1 / Math.max(1, current.replicas ?? 1);
  // Those in trouble come first: one that a long list leaves out is well.
  const isReady = row.pods.find(({ name }) => name === pod)?.ready ?? true;
  return isReady ? 1 / Math.max(1, row.ready) : 0;
}
