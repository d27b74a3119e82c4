import type { CallContext } from '@devops-mcp/contract';
import type { PlannedChange } from '@devops-mcp/domain';
import { managedWarnings } from './managed-by.js';
import { restartAnnotation } from './mark.js';
import { bound, currentState, type PlanBase, planWorkloadChange } from './plan-base.js';
import { refuseWithoutRollout, rollingWarnings } from './rolling.js';
import { nameOf, refOf } from './workload.js';

/**
 * Every pod anew by the rollout strategy, as `kubectl rollout restart` does it. The time in the
 * annotation is that of the restart and not of the plan, so that planning twice gives one plan.
 */
export async function planRestart(base: PlanBase, context: CallContext): Promise<PlannedChange> {
  const { service, workload } = base;
  refuseWithoutRollout(workload, 'a restart');
  const before = workload.spec.template.metadata?.annotations?.[restartAnnotation] ?? null;
  const current = currentState(base);
  const pods =
    base.surroundings.autoscaler === null && workload.kind !== 'DaemonSet'
      ? `, ${current.replicas} pods`
      : '';
  const summary = `Restart ${service} (${nameOf(refOf(workload))}${pods})`;
  const change = { ...bound(base, 'restart', summary), action: 'restart', restartedAt: before } as const;
  return planWorkloadChange(
    base,
    { change, restartedAt: '2000-01-01T00:00:00Z' },
    {
      warnings: [...rollingWarnings(base), ...managedWarnings(workload, 'restart')],
      next: current,
    },
    context,
  );
}
