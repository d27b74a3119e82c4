import { ToolError } from '@devops-mcp/contract';
import type { PlannedChange } from '@devops-mcp/domain';
import { editValues, type PlanBase, planTexts } from './plan.js';

/** Sets the number of replicas where it is set: an overlay, Helm values, or the workload itself. */
export function planScale(base: PlanBase, replicas: number): PlannedChange {
  const { owner, manifests } = base.state;
  const place = manifests.replicasPlace;
  if (place === undefined) throw noWorkload(owner.service);
  const before = manifests.replicas;
  const texts = editValues(base, [{ place, value: replicas }]);
  const from = before === undefined ? 'the default' : String(before);
  const summary = `Scale ${owner.service} from ${from} to ${replicas} replicas`;
  return planTexts(base, texts, {
    repository: 'desired',
    branch: base.repository.branch,
    message: summary,
    summary,
    warnings: autoscalerWarnings(manifests.autoscaler, replicas),
  });
}

export function noWorkload(service: string): ToolError {
  return new ToolError('unsupported', `No workload of ${service} was found in its manifests.`, {
    hint: 'Expected a Deployment, StatefulSet or Rollout, Helm values with replicaCount, or a Kustomize overlay.',
  });
}

function autoscalerWarnings(
  autoscaler: { readonly min: number; readonly max: number } | undefined,
  replicas: number,
): readonly string[] {
  if (autoscaler === undefined) return [];
  const range = `between ${autoscaler.min} and ${autoscaler.max}`;
  if (replicas === 0)
    return [`An autoscaler keeps replicas ${range}; it stops working while the workload is at zero.`];
  if (replicas < autoscaler.min || replicas > autoscaler.max)
    return [`An autoscaler keeps replicas ${range} and will undo this: change its limits instead.`];
  return [`An autoscaler keeps replicas ${range} and may move away from ${replicas} at any time.`];
}
