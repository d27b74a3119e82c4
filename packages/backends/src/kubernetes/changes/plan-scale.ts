import { type CallContext, ToolError } from '@devops-mcp/contract';
import type { PlannedChange } from '@devops-mcp/domain';
import { managedWarnings } from './managed-by.js';
import { bound, currentState, type PlanBase, planWorkloadChange } from './plan-base.js';
import { quotaWarnings } from './quota-room.js';
import { type Autoscaler, type Budget, budgetText } from './surroundings.js';
import { nameOf, refOf } from './workload.js';

/** Sets the number of replicas. Rejects with `conflict` for one that an autoscaler would undo. */
export async function planScale(
  base: PlanBase,
  replicas: number,
  context: CallContext,
): Promise<PlannedChange> {
  const { service, workload, surroundings } = base;
  const ref = refOf(workload);
  if (ref.kind === 'DaemonSet')
    throw new ToolError('unsupported', `${nameOf(ref)} runs one pod on every node and has no replicas.`, {
      hint: 'Its number follows from the nodes and its node selector.',
    });
  const from = workload.spec.replicas ?? 1;
  if (from === replicas)
    throw new ToolError('invalid_input', `Nothing would change: ${service} already has ${from} replicas.`, {
      hint: 'Look at get_workload_status for how many of them run.',
    });
  refuseAgainstAutoscaler(surroundings.autoscaler, replicas);
  const summary = `Scale ${service} from ${from} to ${replicas} replicas (${nameOf(ref)})`;
  const change = { ...bound(base, 'scale', summary), action: 'scale', from, to: replicas } as const;
  return planWorkloadChange(
    base,
    { change },
    {
      warnings: [
        ...autoscalerWarnings(surroundings.autoscaler, replicas),
        ...budgetWarnings(surroundings.budgets, replicas),
        ...quotaWarnings(surroundings.quotas, workload.spec.template, replicas - from),
        ...statefulWarnings(ref.kind, from, replicas),
        ...managedWarnings(workload, 'scale'),
      ],
      next: { ...currentState(base), replicas },
    },
    context,
  );
}

/** At zero an autoscaler rests and undoes nothing. */
function refuseAgainstAutoscaler(autoscaler: Autoscaler | null, replicas: number): void {
  if (autoscaler === null || replicas === 0) return;
  const { name, min, max } = autoscaler;
  if (replicas >= min && replicas <= max) return;
  throw new ToolError(
    'conflict',
    `The autoscaler ${name} keeps replicas from ${min} to ${max} and would undo this.`,
    {
      hint: 'Choose a number within its limits, or change its limits where they are declared.',
    },
  );
}

function autoscalerWarnings(autoscaler: Autoscaler | null, replicas: number): readonly string[] {
  if (autoscaler === null) return [];
  const { name, min, max } = autoscaler;
  return [
    replicas === 0
      ? `The autoscaler ${name} (${min} to ${max}) stops working while there are no replicas, and does not start them again.`
      : `The autoscaler ${name} (${min} to ${max}) may move away from ${replicas} at any time.`,
  ];
}

function budgetWarnings(budgets: readonly Budget[], replicas: number): readonly string[] {
  return budgets
    .filter(
      ({ minAvailable }) => typeof minAvailable === 'number' && replicas <= minAvailable && replicas > 0,
    )
    .map(
      (budget) =>
        `With ${replicas} replicas no pod may be evicted, which holds up drains of nodes: ${budgetText(budget)}.`,
    );
}

function statefulWarnings(kind: string, from: number, to: number): readonly string[] {
  if (kind !== 'StatefulSet' || to >= from) return [];
  return [
    `Pods ${to} to ${from - 1} go, highest first; their volumes stay unless the StatefulSet says otherwise. What they hold must have been moved.`,
  ];
}
