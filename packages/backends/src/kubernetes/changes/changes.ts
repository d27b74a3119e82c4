import { type BackendContext, type CallContext, ToolError } from '@devops-mcp/contract';
import type { DeploymentsApi, DeploymentsWriteApi } from '@devops-mcp/domain';
import { clientOnce } from '../connection/client-once.js';
import type { KubernetesConfig } from '../kubernetes-config.js';
import { applyChange } from './apply-change.js';
import { type PlanPlaces, planBase } from './plan-base.js';
import { noConfigChange } from './plan-config-change.js';
import { planRestart } from './plan-restart.js';
import { planRestartPod } from './plan-restart-pod.js';
import { planRollback } from './plan-rollback.js';
import { planScale } from './plan-scale.js';
import { type WatchTimes, watchTimes } from './watch-until.js';

type Plans = Pick<DeploymentsApi, 'planScale' | 'planRestart' | 'planRollback' | 'planConfigChange'>;

/** The planning half of the deployments port. Reads only; a dry run leaves no trace. */
export function plansOver(places: PlanPlaces): Plans {
  const base = (service: string, context: CallContext) => planBase(places, service, context);
  return {
    planScale: async ({ service, replicas }, context) => {
      if (!Number.isInteger(replicas) || replicas < 0 || replicas > 10_000)
        throw new ToolError(
          'invalid_input',
          'The number of replicas must be a whole number from 0 to 10000.',
        );
      return planScale(await base(service, context), replicas, context);
    },
    planRestart: async ({ service, pod }, context) => {
      const from = await base(service, context);
      return pod === undefined ? planRestart(from, context) : planRestartPod(from, pod, context);
    },
    planRollback: async ({ service, revision }, context) =>
      planRollback(await base(service, context), revision, context),
    planConfigChange: async () => {
      throw noConfigChange();
    },
  };
}

/** The write side: one patch or eviction for each change, with the credential of `write`. */
export function deploymentsWriting(
  context: BackendContext<KubernetesConfig>,
  times: WatchTimes = watchTimes,
): DeploymentsWriteApi {
  if (context.config.write === undefined)
    throw new ToolError('denied', 'No write credential is configured for deployments here.', {
      hint: 'Add write: { context: ... } or another credential to the kubernetes backend of this environment.',
    });
  const client = clientOnce(context, 'write');
  return {
    applyChange: async (command, call) => applyChange(await client(), command, times, call),
  };
}
