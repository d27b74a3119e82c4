import { createHash } from 'node:crypto';
import { type CallContext, ToolError } from '@devops-mcp/contract';
import { z } from 'zod';
import type { KubeClient, KubeObject } from '../connection/kube-client.js';
import { labelSelector, workload as seenSchema } from '../model/objects.js';
import { plurals } from '../services/find-workloads.js';
import { type Counts, rolloutOf, type WorkloadKind } from '../workloads/rollout.js';

/** A workload by name; what a service runs as. */
export interface WorkloadRef {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
}

const texts = z.record(z.string(), z.string());
const textsOrNone = texts.nullish().transform((given) => given ?? {});
const count = z.number().int();
const share = z.union([z.string(), count]);

/** The fields of a pod template that plans speak of; all others are kept as they came. */
export const templateSchema = z.looseObject({
  metadata: z.looseObject({ labels: texts.nullish(), annotations: texts.nullish() }).nullish(),
  spec: z.looseObject({
    containers: z.array(z.looseObject({ name: z.string(), image: z.string().nullish() })),
  }),
});
export type PodTemplate = z.output<typeof templateSchema>;

const workloadSchema = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    resourceVersion: z.string(),
    generation: count.default(0),
    labels: textsOrNone,
    annotations: textsOrNone,
  }),
  spec: z.looseObject({
    replicas: count.optional(),
    paused: z.boolean().optional(),
    selector: labelSelector,
    template: templateSchema,
    podManagementPolicy: z.string().optional(),
    progressDeadlineSeconds: z.number().optional(),
    strategy: strategySchema().optional(),
    updateStrategy: strategySchema().optional(),
  }),
});

/** A Deployment, StatefulSet or DaemonSet as it is now. */
export interface Workload extends z.output<typeof workloadSchema> {
  readonly kind: WorkloadKind;
  readonly rollout: Counts;
}

/** Where the API keeps it. */
export function workloadPath({ kind, namespace, name }: WorkloadRef): string {
  return `/apis/apps/v1/namespaces/${namespace}/${plurals[kind]}/${name}`;
}

/** What the credential needs to do something with it: `patch on deployments in the namespace shop`. */
export function workloadRight(verb: string, { kind, namespace }: WorkloadRef): string {
  return `${verb} on ${plurals[kind]}.apps in the namespace ${namespace}`;
}

/** `Deployment shop/checkout`, as messages name it. */
export function nameOf({ kind, namespace, name }: WorkloadRef): string {
  return `${kind} ${namespace}/${name}`;
}

/** Reads it; undefined when it is gone. Rejects with `unavailable` for an object of another shape. */
export async function readWorkload(
  client: KubeClient,
  ref: WorkloadRef,
  context: CallContext,
): Promise<Workload | undefined> {
  const found = await client.get(workloadPath(ref), context);
  return found === undefined ? undefined : asWorkload(ref.kind, found);
}

/** Checks the shape of what the API gave. */
export function asWorkload(kind: WorkloadKind, object: KubeObject): Workload {
  const shape = `a ${kind} of another shape`;
  const rollout = rolloutOf(kind, shapedLike(seenSchema, object, shape));
  return { kind, ...shapedLike(workloadSchema, object, shape), rollout };
}

/** The object as the schema reads it; rejects with `unavailable` when it is of another shape. */
export function shapedLike<S extends z.ZodType>(schema: S, object: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(object);
  if (parsed.success) return parsed.data;
  throw new ToolError('unavailable', `Kubernetes gave ${what} than its API describes.`, {
    hint: 'Check that the address is a Kubernetes API server and not something before it.',
    cause: parsed.error,
  });
}

/** The names a person knows it by. */
export function refOf(workload: Workload): WorkloadRef {
  const { namespace, name } = workload.metadata;
  return { kind: workload.kind, namespace, name };
}

/** A short digest of plain JSON, independent of the order of keys. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(sortedJson(value)).digest('hex').slice(0, 32);
}

export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function strategySchema() {
  return z.object({
    type: z.string().optional(),
    rollingUpdate: z
      .object({
        maxUnavailable: share.optional(),
        maxSurge: share.optional(),
        partition: count.optional(),
      })
      .nullish(),
  });
}
