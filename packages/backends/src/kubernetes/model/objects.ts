import { z } from 'zod';
import { podTemplate } from './pod-template.js';

// Only the fields that are read. Kubernetes writes null for empty lists and times, so every field may be.

const text = z.string().nullish();
const count = z.number().nullish();
const words = z.record(z.string(), z.string()).nullish();

/** Of kinds of which there are many: each field that is checked is checked 5,000 times. */
const briefMetadata = z.object({
  name: z.string(),
  namespace: z.string().default(''),
  creationTimestamp: text,
});

const ownerReferences = z
  .array(z.object({ kind: z.string(), name: z.string(), uid: z.string(), controller: z.boolean().nullish() }))
  .nullish();

const podMetadata = briefMetadata.extend({
  ...{ uid: z.string().default(''), deletionTimestamp: text, labels: words, ownerReferences },
});

const metadata = podMetadata.extend({
  generation: z.number().default(0),
  annotations: words,
  managedFields: z
    .array(
      z.object({
        manager: text,
        operation: text,
        time: text,
        fieldsV1: z.unknown().optional(),
        subresource: text,
      }),
    )
    .nullish(),
});

const condition = z.object({ type: z.string(), status: z.string(), reason: text, message: text });
const conditions = z.array(condition).nullish();

export const labelSelector = z.object({
  matchLabels: words,
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() }))
    .nullish(),
});
export type LabelSelector = z.output<typeof labelSelector>;

/** Deployments, StatefulSets and DaemonSets: each has some of these fields. */
export const workload = z.object({
  metadata,
  spec: z.object({
    replicas: count,
    paused: z.boolean().nullish(),
    selector: labelSelector,
    template: podTemplate,
    updateStrategy: z
      .object({ type: text, rollingUpdate: z.object({ partition: count }).nullish() })
      .nullish(),
  }),
  status: z
    .object({
      observedGeneration: count,
      replicas: count,
      updatedReplicas: count,
      readyReplicas: count,
      availableReplicas: count,
      currentRevision: text,
      updateRevision: text,
      desiredNumberScheduled: count,
      updatedNumberScheduled: count,
      numberReady: count,
      numberAvailable: count,
      conditions,
    })
    .default({}),
});
export type Workload = z.output<typeof workload>;

const terminated = z.object({
  reason: text,
  exitCode: z.number().default(0),
  signal: count,
  finishedAt: text,
});
const containerStatus = z.object({
  name: z.string(),
  ready: z.boolean().default(false),
  started: z.boolean().nullish(),
  restartCount: z.number().default(0),
  state: z
    .object({
      waiting: z.object({ reason: text }).nullish(),
      terminated: terminated.nullish(),
      running: z.object({ startedAt: text }).nullish(),
    })
    .nullish(),
  lastState: z.object({ terminated: terminated.nullish() }).nullish(),
});
export type ContainerStatus = z.output<typeof containerStatus>;
export type Terminated = z.output<typeof terminated>;

export const pod = z.object({
  metadata: podMetadata,
  spec: z
    .object({
      nodeName: text,
      initContainers: z.array(z.object({ name: z.string(), restartPolicy: text })).nullish(),
    })
    .default({}),
  status: z
    .object({
      phase: text,
      reason: text,
      startTime: text,
      conditions,
      containerStatuses: z.array(containerStatus).nullish(),
      initContainerStatuses: z.array(containerStatus).nullish(),
    })
    .default({}),
});
export type Pod = z.output<typeof pod>;

export const replicaSet = z.object({
  metadata,
  spec: z.object({ replicas: count, template: podTemplate }),
  status: z.object({ replicas: count, readyReplicas: count, availableReplicas: count }).nullish(),
});
export type ReplicaSet = z.output<typeof replicaSet>;

export const controllerRevision = z.object({
  metadata,
  revision: z.number(),
  data: z.object({ spec: z.object({ template: podTemplate.nullish() }).nullish() }).nullish(),
});
export type ControllerRevision = z.output<typeof controllerRevision>;

export const event = z.object({
  metadata: briefMetadata,
  involvedObject: z.object({ kind: text, name: text }),
  reason: text,
  message: text,
  type: text,
  count,
  firstTimestamp: text,
  lastTimestamp: text,
  eventTime: text,
  series: z.object({ count, lastObservedTime: text }).nullish(),
});
export type KubeEvent = z.output<typeof event>;

export const autoscaler = z.object({
  metadata: briefMetadata,
  spec: z.object({
    scaleTargetRef: z.object({ kind: z.string(), name: z.string() }),
    minReplicas: count,
    maxReplicas: z.number(),
  }),
  status: z.object({ currentReplicas: count, desiredReplicas: count, conditions }).nullish(),
});
export type Autoscaler = z.output<typeof autoscaler>;

export const disruptionBudget = z.object({
  metadata: briefMetadata,
  spec: z.object({ selector: labelSelector.nullish() }).nullish(),
  status: z.object({ disruptionsAllowed: count }).nullish(),
});
export type DisruptionBudget = z.output<typeof disruptionBudget>;

export const resourceQuota = z.object({
  metadata: briefMetadata,
  status: z.object({ hard: words, used: words }).nullish(),
});
export type ResourceQuota = z.output<typeof resourceQuota>;
