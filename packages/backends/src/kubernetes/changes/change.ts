import { type JsonObject, ToolError } from '@devops-mcp/contract';
import { z } from 'zod';
import { workloadKinds } from '../workloads/rollout.js';
import { digestOf, refOf, type Workload } from './workload.js';

const format = 'devops-mcp/kubernetes-change/v1';
const name = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/);
const uid = z.string().min(1).max(100);

const common = {
  format: z.literal(format),
  kind: z.enum(workloadKinds),
  namespace: name,
  name,
  uid,
  /** Null where an autoscaler counts it up by itself. */
  generation: z.number().int().nullable(),
  /** Digest of the spec that was planned on, without `replicas` where an autoscaler sets them. */
  spec: z.string().max(64),
  summary: z.string().min(1).max(300),
};

const changeSchema = z.discriminatedUnion('action', [
  z.strictObject({
    ...common,
    action: z.literal('scale'),
    from: z.number().int().min(0),
    to: z.number().int().min(0).max(10_000),
  }),
  z.strictObject({
    ...common,
    action: z.literal('restart'),
    /** The annotation as it was; the new one is made when the change is applied. */
    restartedAt: z.string().max(200).nullable(),
  }),
  z.strictObject({
    ...common,
    action: z.literal('roll-back'),
    /** The object that holds the earlier template, which may hold secrets and so is not in the plan. */
    revision: z.strictObject({
      kind: z.enum(['ReplicaSet', 'ControllerRevision']),
      name,
      uid,
      number: z.number().int(),
      template: z.string().max(64),
    }),
  }),
  z.strictObject({
    ...common,
    action: z.literal('evict'),
    pod: z.strictObject({ name, uid }),
  }),
]);

export type KubernetesChange = z.output<typeof changeSchema>;
export type ScaleChange = Extract<KubernetesChange, { action: 'scale' }>;
export type RestartChange = Extract<KubernetesChange, { action: 'restart' }>;
export type RollBackChange = Extract<KubernetesChange, { action: 'roll-back' }>;
export type EvictChange = Extract<KubernetesChange, { action: 'evict' }>;

/** Reads what a plan holds; rejects with `invalid_input` for what was not planned here. */
export function readChange(change: JsonObject): KubernetesChange {
  const parsed = changeSchema.safeParse(change);
  if (parsed.success) return parsed.data;
  throw new ToolError('invalid_input', 'This is not a change that was planned for Kubernetes.', {
    hint: 'Propose the change again.',
    cause: parsed.error,
  });
}

/** The fields that every change has, which tie it to the workload as it is. */
export function boundTo(workload: Workload, autoscaled: boolean) {
  return {
    format,
    ...refOf(workload),
    uid: workload.metadata.uid,
    generation: autoscaled ? null : workload.metadata.generation,
    spec: specDigest(workload, autoscaled),
  } as const;
}

/** Rejects with `conflict` unless the workload is the one that was planned on, as it was. */
export function refuseStale(change: KubernetesChange, live: Workload | undefined): asserts live is Workload {
  const what = `${change.kind} ${change.namespace}/${change.name}`;
  if (live === undefined || live.metadata.uid !== change.uid)
    throw new ToolError(
      'conflict',
      live === undefined ? `${what} is gone.` : `${what} was deleted and made anew since the plan.`,
      { hint: 'Look at the present state and propose the change again.' },
    );
  const autoscaled = change.generation === null;
  const same =
    (autoscaled || live.metadata.generation === change.generation) &&
    specDigest(live, autoscaled) === change.spec;
  if (!same)
    throw new ToolError('conflict', `The spec of ${what} has changed since the plan.`, {
      hint: 'Look at the present state and propose the change again.',
    });
}

function specDigest({ spec }: Workload, autoscaled: boolean): string {
  return digestOf(autoscaled ? { ...spec, replicas: null } : spec);
}
