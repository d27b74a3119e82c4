import type { ActionPlan, ApplyCall, PortSet } from '@devops-mcp/contract';
import {
  type DeploymentsWriteApi,
  type PlannedChange,
  type ServicesApi,
  unknownService,
} from '@devops-mcp/domain';

/** What every change of the desired state touches, measured on the live state. */
export function touched(planned: PlannedChange, service: string, services: ServicesApi) {
  return {
    services: 1,
    dependents: services.dependents(service).length,
    filesChanged: Math.max(1, planned.plan.diff.match(/^\+\+\+ /gm)?.length ?? 0),
  };
}

/** A changed desired state is undone by going back to the revision that it replaces. */
export function undoOf(planned: PlannedChange): ActionPlan['reversal'] {
  return {
    kind: 'reversible',
    how: `Roll back to ${planned.current.revision.slice(0, 10)}, or propose the former value.`,
  };
}

export function requireKnown(service: string, services: ServicesApi): void {
  const known = services.list().map(({ name }) => name);
  if (known.length > 0 && !known.includes(service)) throw unknownService(service, known);
}

/** Applies exactly the planned change through the deployments port. */
export function applyThrough(
  { plan, idempotencyKey, reason, signal, progress, now }: ApplyCall<PortSet>,
  deployments: DeploymentsWriteApi,
) {
  return deployments.applyChange(
    { change: plan.change, idempotencyKey, message: reason },
    { signal, progress, now },
  );
}
