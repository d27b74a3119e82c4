import type { PlannedChange } from '@devops-mcp/domain';
import { editValues, type PlanBase, planTexts } from './plan.js';
import { noWorkload } from './plan-scale.js';

const annotation = 'devops-mcp/restart';

/**
 * Changes an annotation of the pod template, which makes the cluster start every pod anew by its
 * rollout strategy. The value is the id of the folder's tree and not a time, so that planning twice
 * gives one plan; the restart itself changes the tree, so that the next one differs.
 */
export function planRestart(base: PlanBase): PlannedChange {
  const { owner, manifests } = base.state;
  const place = manifests.podAnnotations;
  if (place === undefined) throw noWorkload(owner.service);
  const value = base.tree.slice(0, 12);
  const texts = editValues(base, [
    // An object id may be all digits, or read as a number in exponent form: it must stay text.
    { place: { ...place, keys: [...place.keys, annotation] }, value: `tree-${value}` },
  ]);
  const summary = `Restart ${owner.service}`;
  const replicas = manifests.replicas ?? manifests.autoscaler?.min;
  return planTexts(base, texts, {
    repository: 'desired',
    branch: base.repository.branch,
    message: summary,
    summary: replicas === undefined ? summary : `${summary}: ${replicas} pods, by its rollout strategy`,
    warnings: replicas === 1 ? ['There is one replica: requests may fail while it starts.'] : [],
  });
}
