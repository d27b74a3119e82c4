import { type CallContext, ToolError } from '@devops-mcp/contract';
import type { PlannedChange } from '@devops-mcp/domain';
import type { KubeClient, KubeObject } from '../connection/kube-client.js';
import { desiredFrom, references } from './desired-state.js';
import { managedWarnings } from './managed-by.js';
import { bound, currentState, type PlanBase, planWorkloadChange } from './plan-base.js';
import { findRevision, type Revision, templateDigest } from './revisions.js';
import { refuseWithoutRollout, rollingWarnings } from './rolling.js';
import { type PodTemplate, refOf } from './workload.js';

/**
 * The pod template of an earlier revision again, as `kubectl rollout undo` does it. Replicas,
 * autoscaler and what the template refers to stay as they are.
 */
export async function planRollback(
  base: PlanBase,
  wanted: string,
  context: CallContext,
): Promise<PlannedChange> {
  const { service, workload, surroundings, revisions } = base;
  refuseWithoutRollout(workload, 'a rollback');
  const revision = findRevision(revisions, wanted, workload);
  const now = workload.spec.template;
  if (templateDigest(revision.template) === templateDigest(comparable(now)))
    throw new ToolError('invalid_input', `Nothing would change: ${service} runs that revision.`, {
      hint: 'Take an earlier revision from get_deployment_history.',
    });
  const { kind, name, uid, number, template, cause } = revision;
  const change = {
    ...bound(base, 'roll-back', `Roll ${service} back to revision ${number} (${name})`),
    action: 'roll-back',
    revision: { kind, name, uid, number, template: templateDigest(template) },
  } as const;
  return planWorkloadChange(
    base,
    { change, template, cause },
    {
      warnings: [
        ...sameImages(now, template),
        ...(await referenceWarnings(base, revision, context)),
        ...rollingWarnings(base),
        ...managedWarnings(workload, 'roll back'),
      ],
      next: desiredFrom({
        ...{ service, revision: name, template, autoscaler: surroundings.autoscaler },
        replicas: currentState(base).replicas,
      }),
    },
    context,
  );
}

/** A live template and one of a revision differ in empty labels at most. */
export function comparable(template: PodTemplate): PodTemplate {
  return { ...template, metadata: { ...template.metadata, labels: template.metadata?.labels ?? {} } };
}

function sameImages(now: PodTemplate, then: PodTemplate): readonly string[] {
  const images = ({ spec }: PodTemplate) =>
    spec.containers.map(({ name, image }) => `${name}=${image ?? ''}`);
  const same = images(now).join() === images(then).join();
  return same ? ['The images of that revision are those that run now: only settings go back.'] : [];
}

/** What the template refers to is not part of a revision and may be gone or another by now. */
async function referenceWarnings(
  { client, workload }: PlanBase,
  { template, created }: Revision,
  context: CallContext,
): Promise<readonly string[]> {
  const { namespace, name } = refOf(workload);
  const [then, now] = [references(template), references(workload.spec.template)];
  const warnings: string[] = [];
  if (then.configMaps.length > 0)
    warnings.push(
      `ConfigMaps are no part of a revision and stay as they are now: ${then.configMaps.slice(0, 10).join(', ')}. That one is gone or newer is told only where the reading credential may get it.`,
    );
  for (const map of then.configMaps.slice(0, 20)) {
    const found = await configMap(client, `/api/v1/namespaces/${namespace}/configmaps/${map}`, context);
    if (found === 'gone')
      warnings.push(`The ConfigMap ${map} that this revision needs is gone: its pods would not start.`);
    else if (found !== 'not allowed' && lastChange(found) > created)
      warnings.push(`The ConfigMap ${map} was changed since this revision was made.`);
  }
  const again = then.secrets.filter((secret) => !now.secrets.includes(secret));
  if (again.length > 0)
    warnings.push(
      `Needs secrets that ${name} does not refer to now: ${again.slice(0, 10).join(', ')}. Secrets are not read: whether they are still there is not known.`,
    );
  return warnings;
}

/** A right that is not needed otherwise: without it a rollback can be planned all the same. */
async function configMap(
  client: KubeClient,
  path: string,
  context: CallContext,
): Promise<KubeObject | 'gone' | 'not allowed'> {
  try {
    return (await client.get(path, context)) ?? 'gone';
  } catch (error) {
    if (error instanceof ToolError && error.code === 'denied') return 'not allowed';
    throw error;
  }
}

/** The latest time that somebody is recorded to have changed it, else when it was made. */
function lastChange(object: object): string {
  const { metadata } = object as {
    readonly metadata?: {
      readonly creationTimestamp?: unknown;
      readonly managedFields?: readonly { readonly time?: unknown }[];
    };
  };
  const times = [metadata?.creationTimestamp, ...(metadata?.managedFields ?? []).map(({ time }) => time)];
  return (
    times
      .filter((time) => typeof time === 'string')
      .toSorted()
      .at(-1) ?? ''
  );
}
