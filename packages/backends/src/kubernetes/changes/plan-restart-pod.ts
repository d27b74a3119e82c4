import { type CallContext, type JsonObject, ToolError } from '@devops-mcp/contract';
import type { PlannedChange } from '@devops-mcp/domain';
import { mayI } from './access.js';
import { askIfAllowed } from './dry-run.js';
import { evictionRequest } from './evict-pod.js';
import { evictionBlock, podPath, readPod, refuseForeign } from './evictable.js';
import { bound, currentState, dryRunNote, observedOf, type PlanBase } from './plan-base.js';
import { budgetText } from './surroundings.js';
import { nameOf, refOf } from './workload.js';

/**
 * One pod anew: it is evicted, and its controller starts another. Eviction and not deletion, since it
 * asks the disruption budgets.
 */
export async function planRestartPod(
  base: PlanBase,
  name: string,
  context: CallContext,
): Promise<PlannedChange> {
  const { client, service, workload, surroundings } = base;
  const ref = refOf(workload);
  const found = await readPod(client, ref.namespace, name, context);
  if (found === undefined)
    throw new ToolError('not_found', `There is no pod ${ref.namespace}/${name}.`, {
      hint: 'Take a pod of this service from get_workload_status.',
    });
  await refuseForeign(client, workload, found, context);
  if (found.metadata.deletionTimestamp)
    throw new ToolError('conflict', `The pod ${ref.namespace}/${name} is already ending.`, {
      hint: 'Wait for its controller to start another.',
    });
  const blocked = evictionBlock(found, surroundings.budgets);
  if (blocked) throw blocked;
  const pod = { name, uid: found.metadata.uid };
  const summary = `Restart the pod ${name} of ${service} (${nameOf(ref)})`;
  const change = { ...bound(base, 'evict', summary), action: 'evict', pod } as const;
  const question = { verb: 'create', group: '', resource: 'pods', subresource: 'eviction' };
  const access = await mayI(client, { ...question, namespace: ref.namespace }, context);
  await askIfAllowed(access, () => client.write(evictionRequest(change, { dryRun: true }), context));
  const current = currentState(base);
  const node = found.spec.nodeName ?? 'none';
  return {
    plan: {
      // The change is plain JSON; its type only lacks the index signature.
      change: change as unknown as JsonObject,
      observed: { ...observedOf(base, change.generation), pod },
      summary,
      diff: `--- a${podPath(ref.namespace, name)}\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-uid: ${pod.uid}\n-node: ${node}\n-controller: ${nameOf(ref)}\n`,
      warnings: [
        ...surroundings.budgets.map((budget) => `The eviction respects ${budgetText(budget)}.`),
        ...volumeWarnings(base),
        ...(workload.kind === 'StatefulSet'
          ? ['The new pod has the same name and volumes and starts only when the old one has ended.']
          : []),
        dryRunNote,
      ],
    },
    current,
    next: current,
  };
}

function volumeWarnings({ workload }: PlanBase): readonly string[] {
  const { volumes } = workload.spec.template.spec;
  const lost = (Array.isArray(volumes) ? volumes : []).flatMap((volume: unknown) =>
    typeof volume === 'object' && volume !== null && 'emptyDir' in volume && 'name' in volume
      ? [String(volume.name)]
      : [],
  );
  return lost.length === 0
    ? []
    : [`What the pod keeps in ${lost.slice(0, 10).join(', ')} (emptyDir) is gone.`];
}
