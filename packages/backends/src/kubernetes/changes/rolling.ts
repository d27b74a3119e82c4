import { ToolError } from '@devops-mcp/contract';
import type { PlanBase } from './plan-base.js';
import { quotaWarnings } from './quota-room.js';
import { budgetText } from './surroundings.js';
import { nameOf, refOf, type Workload } from './workload.js';

/** Rejects when a new template would not reach the pods by itself. */
export function refuseWithoutRollout(workload: Workload, act: string): void {
  const name = nameOf(refOf(workload));
  if (workload.spec.paused)
    throw new ToolError('conflict', `The rollout of ${name} is paused: ${act} would do nothing for now.`, {
      hint: 'Whoever paused it resumes it first.',
    });
  if (workload.spec.updateStrategy?.type === 'OnDelete')
    throw new ToolError('unsupported', `${name} changes its pods only when they are deleted (OnDelete).`, {
      hint: 'Restart its pods one at a time with restart_pod.',
    });
}

/** How the pods are replaced, and what holds that up. */
export function rollingWarnings({ workload, surroundings }: PlanBase): readonly string[] {
  const { spec } = workload;
  // An autoscaler moves the replicas; its limit does not move.
  const replicas = surroundings.autoscaler?.max ?? spec.replicas ?? 1;
  const wanted = workload.kind === 'DaemonSet' ? null : replicas;
  const rolling = (spec.strategy ?? spec.updateStrategy)?.rollingUpdate;
  const surge = wanted === null ? 0 : shareOf(rolling?.maxSurge ?? 0, wanted, Math.ceil);
  const unavailable = wanted === null ? null : shareOf(rolling?.maxUnavailable ?? 1, wanted, Math.floor);
  const warnings: string[] = [];
  if (spec.strategy?.type === 'Recreate')
    warnings.push('Its strategy is Recreate: every pod ends before the first new one starts.');
  else if (rolling != null)
    warnings.push(
      `At a time at most ${rolling.maxUnavailable ?? 1} unavailable${rolling.maxSurge === undefined ? '' : ` and ${rolling.maxSurge} more than wanted`}.`,
    );
  if (wanted === 1 && (unavailable ?? 1) > 0 && spec.strategy?.type !== 'Recreate')
    warnings.push('There is one replica: requests may fail while it is replaced.');
  if ((rolling?.partition ?? 0) > 0)
    warnings.push(`Only pods from number ${rolling?.partition} on are replaced (partition).`);
  if (workload.kind === 'StatefulSet' && spec.podManagementPolicy !== 'Parallel')
    warnings.push(
      'A StatefulSet waits for each pod to become ready: one that is broken holds up the others.',
    );
  for (const budget of surroundings.budgets)
    warnings.push(`A rollout does not ask the disruption budget: ${budgetText(budget)}.`);
  return [...warnings, ...quotaWarnings(surroundings.quotas, spec.template, surge)];
}

/** A percentage or a number of pods. Source: the API reference, "RollingUpdateDeployment". */
function shareOf(value: string | number, of: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(value)?.[1];
  return percent === undefined ? 0 : round((Number(percent) / 100) * of);
}
