import type { CallContext, JsonObject } from '@devops-mcp/contract';
import { z } from 'zod';
import type { KubeClient } from '../connection/kube-client.js';
import { selects } from '../model/label-selector.js';
import { labelSelector } from '../model/objects.js';
import { listAll } from './list-all.js';
import { refOf, shapedLike, type Workload } from './workload.js';

const amount = z.union([z.string(), z.number().int()]);

const autoscalerSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    scaleTargetRef: z.object({ kind: z.string(), name: z.string() }),
    minReplicas: z.number().int().nullish(),
    maxReplicas: z.number().int(),
  }),
});

const budgetSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    selector: labelSelector.nullish(),
    minAvailable: amount.nullish(),
    maxUnavailable: amount.nullish(),
    unhealthyPodEvictionPolicy: z.string().nullish(),
  }),
  status: z
    .object({
      disruptionsAllowed: z.number().int().default(0),
      currentHealthy: z.number().int().default(0),
      desiredHealthy: z.number().int().default(0),
    })
    .optional(),
});

const quotaSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ scopes: z.array(z.string()).nullish(), scopeSelector: z.unknown().optional() }).optional(),
  status: z
    .object({ hard: z.record(z.string(), amount).optional(), used: z.record(z.string(), amount).optional() })
    .optional(),
});

export interface Autoscaler {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

export interface Budget {
  readonly name: string;
  readonly minAvailable: string | number | null;
  readonly maxUnavailable: string | number | null;
  readonly unhealthyPodEvictionPolicy: string | null;
  readonly disruptionsAllowed: number;
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
}

export type Quota = z.output<typeof quotaSchema>;

/** What stands around a workload and may stop, undo or bound a change of it. */
export interface Surroundings {
  readonly autoscaler: Autoscaler | null;
  readonly budgets: readonly Budget[];
  /** Of the namespace, those without scopes: whether a scoped one counts a pod cannot be told here. */
  readonly quotas: readonly Quota[];
}

/** Reads them; rejects with `denied` when one may not be read, since a plan must not guess. */
export async function readSurroundings(
  client: KubeClient,
  workload: Workload,
  context: CallContext,
): Promise<Surroundings> {
  const { kind, namespace, name } = refOf(workload);
  const inNamespace = (group: string, plural: string) =>
    listAll(client, `${group}/namespaces/${namespace}/${plural}`, {}, context);
  const [autoscalers, budgets, quotas] = await Promise.all([
    kind === 'DaemonSet' ? [] : inNamespace('/apis/autoscaling/v2', 'horizontalpodautoscalers'),
    inNamespace('/apis/policy/v1', 'poddisruptionbudgets'),
    inNamespace('/api/v1', 'resourcequotas'),
  ]);
  const labels = workload.spec.template.metadata?.labels ?? {};
  const scaling = autoscalers
    .map((one) => shapedLike(autoscalerSchema, one, 'a HorizontalPodAutoscaler of another shape'))
    .find(({ spec: { scaleTargetRef: to } }) => to.kind === kind && to.name === name);
  return {
    autoscaler: scaling
      ? { name: scaling.metadata.name, min: scaling.spec.minReplicas ?? 1, max: scaling.spec.maxReplicas }
      : null,
    budgets: budgets
      .map((one) => shapedLike(budgetSchema, one, 'a PodDisruptionBudget of another shape'))
      .filter(({ spec: { selector } }) => selector != null && selects(selector, labels))
      .map(({ metadata, spec, status }) => ({
        name: metadata.name,
        minAvailable: spec.minAvailable ?? null,
        maxUnavailable: spec.maxUnavailable ?? null,
        unhealthyPodEvictionPolicy: spec.unhealthyPodEvictionPolicy ?? null,
        disruptionsAllowed: status?.disruptionsAllowed ?? 0,
        currentHealthy: status?.currentHealthy ?? 0,
        desiredHealthy: status?.desiredHealthy ?? 0,
      })),
    quotas: quotas
      .map((one) => shapedLike(quotaSchema, one, 'a ResourceQuota of another shape'))
      .filter(({ spec }) => (spec?.scopes ?? []).length === 0 && spec?.scopeSelector == null),
  };
}

/** What plans record of a disruption budget: what was declared, and nothing that moves by itself. */
export function declaredBudget({ name, minAvailable, maxUnavailable }: Budget): JsonObject {
  return { name, minAvailable, maxUnavailable };
}

/** `at least 2 available (disruption budget checkout)` */
export function budgetText({ name, minAvailable, maxUnavailable }: Budget): string {
  const rule =
    minAvailable === null
      ? `at most ${maxUnavailable ?? 0} unavailable`
      : `at least ${minAvailable} available`;
  return `${rule} (disruption budget ${name})`;
}
