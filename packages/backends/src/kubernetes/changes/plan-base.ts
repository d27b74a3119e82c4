import { type CallContext, type JsonObject, type ServiceMapping, ToolError } from '@devops-mcp/contract';
import { type DesiredState, type PlannedChange, unknownService } from '@devops-mcp/domain';
import { stringify } from 'yaml';
import { unifiedDiff } from '../../gitops/line-diff.js';
import { maskText } from '../../gitops/masking.js';
import type { KubeClient } from '../connection/kube-client.js';
import { type FoundWorkload, findWorkloads } from '../services/find-workloads.js';
import { boundTo } from './change.js';
import { desiredFrom } from './desired-state.js';
import { tryDryRun } from './dry-run.js';
import { causeAnnotation, markAnnotation } from './mark.js';
import { changedWorkload, type WorkloadChange } from './patch.js';
import { listRevisions, type Revision } from './revisions.js';
import { declaredBudget, readSurroundings, type Surroundings } from './surroundings.js';
import { nameOf, readWorkload, refOf, type Workload, type WorkloadRef } from './workload.js';

/** What plans are made with: the reading side. */
export interface PlanPlaces {
  readonly client: () => Promise<KubeClient>;
  readonly services: ServiceMapping;
}

/** What plans are made from: the workload as it is, and what stands around it. */
export interface PlanBase {
  readonly client: KubeClient;
  readonly service: string;
  readonly workload: Workload;
  readonly surroundings: Surroundings;
  /** Newest first. */
  readonly revisions: readonly Revision[];
}

export async function planBase(
  { client: open, services }: PlanPlaces,
  service: string,
  context: CallContext,
): Promise<PlanBase> {
  const client = await open();
  const found = await findWorkloads(client, services, service, context);
  const ref = chosen(found, service);
  const workload = await readWorkload(client, ref, context);
  if (workload === undefined) throw unknownService(service, []);
  const [surroundings, revisions] = await Promise.all([
    readSurroundings(client, workload, context),
    listRevisions(client, workload, context),
  ]);
  return { client, service, workload, surroundings, revisions };
}

/** The one that is named like the service, else the only one: a plan never guesses which is meant. */
function chosen(found: readonly FoundWorkload[], service: string): WorkloadRef {
  const named = found.filter(({ object }) => object.metadata.name === service);
  const [one, ...others] = named.length > 0 ? named : found;
  if (one !== undefined && others.length === 0) {
    const { namespace, name } = one.object.metadata;
    return { kind: one.kind, namespace, name };
  }
  const names = found.map(
    ({ kind, object: { metadata } }) => `${kind} ${metadata.namespace}/${metadata.name}`,
  );
  throw new ToolError('invalid_input', `${service} runs as ${found.length} workloads; which one is meant?`, {
    hint: `Set kubernetes.workload (and kubernetes.namespace) in the service's own file; there are ${names.slice(0, 5).join(', ')}.`,
  });
}

const autoscaledActs: ReadonlySet<string> = new Set(['restart', 'roll-back', 'evict']);

/** The fields that tie a change to what was seen; an autoscaler may move the replicas of all but a scaling. */
export function bound(
  { workload, surroundings }: PlanBase,
  action: 'scale' | 'restart' | 'roll-back' | 'evict',
  summary: string,
) {
  const autoscaled = surroundings.autoscaler !== null && autoscaledActs.has(action);
  return { ...boundTo(workload, autoscaled), summary: summary.slice(0, 300) };
}

export interface PlanWords {
  readonly warnings: readonly string[];
  /** What the service runs after the change. */
  readonly next: DesiredState;
}

/**
 * The plan of a change of the workload's own object. Where the reading credential may patch, the API
 * server is asked by a dry run, and a refusal is an error now. Whether it was asked stands in no plan:
 * requester and executor read with credentials of their own and must come to the same bytes (ADR 0124).
 */
export async function planWorkloadChange(
  base: PlanBase,
  wanted: WorkloadChange,
  { warnings, next }: PlanWords,
  context: CallContext,
): Promise<PlannedChange> {
  const { summary } = wanted.change;
  await tryDryRun(base.client, base.workload, wanted, 'planned', context);
  // The change is plain JSON; its type only lacks the index signature.
  const change = wanted.change as unknown as JsonObject;
  const after = changedWorkload(base.workload, { ...wanted, ...shownTime(wanted) }, '(id of this change)');
  return {
    plan: {
      change,
      observed: observedOf(base, wanted.change.generation),
      summary,
      diff: diffOf(base.workload, after, wanted.change.generation === null),
      warnings: [...warnings.slice(0, mostWarnings), dryRunNote],
    },
    current: currentState(base),
    next,
  };
}

export const dryRunNote =
  'The API server checks this change by a dry run right before it is made; while it is planned, only if the reading credential may patch.';

export function currentState({ service, workload, surroundings, revisions }: PlanBase): DesiredState {
  return desiredFrom({
    ...{ service, revision: revisions[0]?.name ?? 'unknown', template: workload.spec.template },
    replicas: workload.rollout.desired,
    autoscaler: surroundings.autoscaler,
  });
}

/** What is shown to people and compared again: what was declared, and nothing that moves by itself. */
export function observedOf({ workload, surroundings }: PlanBase, generation: number | null): JsonObject {
  const { autoscaler, budgets } = surroundings;
  const { containers } = workload.spec.template.spec;
  return {
    workload: nameOf(refOf(workload)),
    uid: workload.metadata.uid,
    generation,
    replicas: generation === null || workload.kind === 'DaemonSet' ? null : (workload.spec.replicas ?? 1),
    images: Object.fromEntries(containers.map(({ name, image }) => [name, image ?? null])),
    autoscaler: autoscaler === null ? null : { ...autoscaler },
    disruptionBudgets: budgets.map(declaredBudget),
  };
}

function shownTime(wanted: WorkloadChange) {
  return 'restartedAt' in wanted ? { restartedAt: '(time of the restart)' } : {};
}

/** A plan may hold thirty. */
const mostWarnings = 29;
/** A diff that nobody can read to its end is none. */
const longestDiff = 40_000;

function diffOf(before: Workload, after: Workload, autoscaled: boolean): string {
  const path = `${nameOf(refOf(before)).replace(' ', '/')}.yaml`;
  const [old, now] = [shown(before, autoscaled), shown(after, autoscaled)];
  const [a, b] = [maskText(path, old), maskText(path, now)];
  const hidden = old !== now && maskedApart(old, now, a, b) ? '(values that are masked differ too)\n' : '';
  const text = unifiedDiff(a, b);
  if (text.length > longestDiff)
    throw new ToolError(
      'limit_exceeded',
      `The change of ${nameOf(refOf(before))} is too large to be reviewed.`,
      {
        hint: 'Make it with the tools of the cluster.',
      },
    );
  return `--- a/${path}\n+++ b/${path}\n${text}${hidden}`;
}

/** The lines that differ are more than those that differ when masked. */
function maskedApart(old: string, now: string, a: string, b: string): boolean {
  const changes = (x: string, y: string) => unifiedDiff(x, y, 0).match(/^[+-]/gm)?.length ?? 0;
  return changes(old, now) > changes(a, b);
}

/** What an autoscaler moves by itself is no part of what people decide on. */
function shown({ metadata, spec: { replicas, ...rest } }: Workload, autoscaled: boolean): string {
  const spec = autoscaled || replicas === undefined ? rest : { ...rest, replicas };
  const kept = [markAnnotation, causeAnnotation].flatMap((key) => {
    const value = metadata.annotations[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  const annotations = Object.fromEntries(kept);
  const document = { ...(kept.length > 0 ? { metadata: { annotations } } : {}), spec };
  return stringify(document, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
}
