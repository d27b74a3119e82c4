import { type CallContext, ToolError } from '@devops-mcp/contract';
import { problemOf } from '../../http/http-errors.js';
import type { KubeClient, WriteRequest } from '../connection/kube-client.js';
import type { RestartChange, RollBackChange, ScaleChange } from './change.js';
import { causeAnnotation, markAnnotation, restartAnnotation } from './mark.js';
import {
  asWorkload,
  nameOf,
  type PodTemplate,
  refOf,
  type Workload,
  workloadPath,
  workloadRight,
} from './workload.js';

/** A change of a workload's own object, with what it needs beside the plan. */
export type WorkloadChange =
  | { readonly change: ScaleChange }
  | { readonly change: RestartChange; readonly restartedAt: string }
  | {
      readonly change: RollBackChange;
      readonly template: PodTemplate;
      /** What `kubectl rollout history` shows beside the revision; null for nothing. */
      readonly cause: string | null;
    };

/**
 * The request that makes the change. With a version it is refused with 409 unless the object is still
 * the one of that version: nothing can slip in between (API concepts, "Resource versions").
 */
export function patchRequest(
  workload: Workload,
  wanted: WorkloadChange,
  mark: string,
  options: { readonly dryRun: boolean; readonly onlyVersion: string | null },
): WriteRequest {
  const ref = refOf(workload);
  const version = options.onlyVersion === null ? {} : { resourceVersion: options.onlyVersion };
  const common = {
    ...({ method: 'PATCH', path: workloadPath(ref), dryRun: options.dryRun } as const),
    needs: workloadRight('patch', ref),
  };
  // A merge cannot take away what the earlier template did not have: it is replaced whole.
  if ('template' in wanted) {
    const operations = [
      ...Object.entries({ uid: workload.metadata.uid, ...version }).map(([key, value]) => ({
        ...{ op: 'replace', path: `/metadata/${key}`, value },
      })),
      { op: 'add', path: '/metadata/annotations', value: annotationsAfter(workload, wanted, mark) },
      { op: 'replace', path: '/spec/template', value: wanted.template },
    ];
    return { ...common, patch: 'json', body: operations };
  }
  const spec =
    'restartedAt' in wanted
      ? { template: { metadata: { annotations: { [restartAnnotation]: wanted.restartedAt } } } }
      : { replicas: wanted.change.to };
  const body = {
    metadata: { uid: workload.metadata.uid, ...version, annotations: { [markAnnotation]: mark } },
    spec,
  };
  return { ...common, patch: 'merge', body };
}

/** What the object will be, by our own reckoning. */
export function changedWorkload(workload: Workload, wanted: WorkloadChange, mark: string): Workload {
  const metadata = { ...workload.metadata, annotations: annotationsAfter(workload, wanted, mark) };
  const { spec } = workload;
  if ('template' in wanted) return { ...workload, metadata, spec: { ...spec, template: wanted.template } };
  if (!('restartedAt' in wanted))
    return { ...workload, metadata, spec: { ...spec, replicas: wanted.change.to } };
  const inner = spec.template.metadata ?? {};
  const restarted = { ...inner.annotations, [restartAnnotation]: wanted.restartedAt };
  const template = { ...spec.template, metadata: { ...inner, annotations: restarted } };
  return { ...workload, metadata, spec: { ...spec, template } };
}

/**
 * Has the API server carry out everything but the writing: validation, defaults, quotas of objects and
 * admission. Rejects when one of them refuses, or would turn the change into another one.
 */
export async function dryRun(
  client: KubeClient,
  workload: Workload,
  wanted: WorkloadChange,
  mark: string,
  context: CallContext,
): Promise<void> {
  const options = { dryRun: true, onlyVersion: null };
  const request = patchRequest(workload, wanted, mark, options);
  const answer = await client.write(request, context).catch((error: unknown) => {
    throw refusedWrite(error);
  });
  const expected = changedWorkload(workload, wanted, mark).spec;
  const { spec } = asWorkload(workload.kind, answer);
  const same = spec.replicas === expected.replicas && contains(spec.template, expected.template);
  if (same) return;
  throw new ToolError(
    'conflict',
    `The API server would make another change of ${nameOf(refOf(workload))} than the planned one.`,
    { hint: 'An admission webhook or policy of the cluster rewrites it; ask the owners of the cluster.' },
  );
}

/** A 4xx says that nothing was written: it becomes a code that says so too. */
export function refusedWrite(error: unknown): unknown {
  const status = problemOf(error)?.status ?? 0;
  if (!(error instanceof ToolError) || error.code !== 'internal' || status < 400 || status > 499)
    return error;
  return new ToolError('invalid_input', 'The API server or an admission policy refuses this change.', {
    hint: 'The audit record holds what it said; change the plan or the policy of the cluster.',
    cause: error.cause,
  });
}

/** Whether everything that was planned is there; admission may have added to it. */
export function contains(found: unknown, planned: unknown): boolean {
  if (Array.isArray(planned)) {
    return (
      Array.isArray(found) &&
      found.length >= planned.length &&
      planned.every((one, place) => contains(counterpart(found, one, place), one))
    );
  }
  if (typeof planned !== 'object' || planned === null) return found === planned;
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    return Object.keys(planned).length === 0 && found === undefined;
  const fields = new Map<string, unknown>(Object.entries(found));
  return Object.entries(planned).every(([key, value]) => value === null || contains(fields.get(key), value));
}

/** Containers, volumes and variables are found by their names, wherever admission has put its own. */
function counterpart(found: readonly unknown[], one: unknown, place: number): unknown {
  const name = nameIn(one);
  return name === undefined ? found[place] : found.find((other) => nameIn(other) === name);
}

function nameIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('name' in value)) return undefined;
  return typeof value.name === 'string' ? value.name : undefined;
}

/** A revision that comes back brings its cause with it, as `kubectl rollout undo` does it. */
function annotationsAfter(
  { metadata }: Workload,
  wanted: WorkloadChange,
  mark: string,
): Readonly<Record<string, string>> {
  const marked: Record<string, string> = { ...metadata.annotations, [markAnnotation]: mark };
  if (!('template' in wanted)) return marked;
  const { [causeAnnotation]: _, ...others } = marked;
  return wanted.cause === null ? others : { ...others, [causeAnnotation]: wanted.cause };
}
