import type { CallContext, Truncation } from '@devops-mcp/contract';
import {
  type Answer,
  estimateTokens,
  fitTokens,
  frameAnswer,
  truncationField,
  type WorkloadStatus,
  type WorkloadsApi,
} from '@devops-mcp/domain';
import type { z } from 'zod';
import type { WorkloadsAnswer, workloadsInput } from '../tools/get-workload-status.js';
import { notConfigured } from './not-configured.js';
import { byTrouble, eventRow, headline, podRow, quotaRows, workloadRow } from './workload-rows.js';

const mostEvents = 15;
const mostRows = 200;
/** Shares of the budget: workloads come first, events are worth less than the pods they are about. */
const workloadShare = 0.5;
const eventShare = 0.35;

export async function answerWorkloads(
  input: z.output<typeof workloadsInput>,
  workloads: WorkloadsApi | undefined,
  context: CallContext,
): Promise<WorkloadsAnswer> {
  const { environment, service } = input;
  if (workloads === undefined)
    throw notConfigured(
      'workloads',
      environment,
      'with a backend that provides workloads; get_deployment_history shows what is desired meanwhile',
    );
  const answer = await workloads.status(
    service === undefined ? { limit: mostRows } : { service, limit: mostRows },
    context,
  );
  const summary = summaryOf(answer, service, environment);
  const whole = service === undefined;
  const frame = frameAnswer(answer);
  const quotas = quotaRows(answer.data);
  const budget = input.maxTokens - frame.tokens - estimateTokens(summary) - estimateTokens(quotas);
  const more = whole
    ? 'Name a service, or raise maxTokens.'
    : 'Raise maxTokens; those in trouble come first.';
  const rows = fitTokens(
    answer.data.map((one) => workloadRow(one, !whole)),
    { maxTokens: budget * workloadShare, reserved: 0, howToGetMore: more },
  );
  const events = fitTokens(eventsOf(answer.data), {
    ...{ maxTokens: (budget - rows.tokens) * eventShare, reserved: 0, howToGetMore: more, atLeast: 0 },
  });
  const pods = fitTokens(podsOf(answer.data, whole), {
    ...{ maxTokens: budget - rows.tokens - events.tokens, reserved: 0, howToGetMore: more },
    total: podTotal(answer.data),
  });
  return {
    data: {
      summary,
      workloads: [...rows.rows],
      pods: [...pods.rows],
      events: [...events.rows],
      ...(quotas.length > 0 ? { quotas } : {}),
    },
    ...frame.fields,
    ...truncationField(truncationOf(answer, rows.truncation, pods.truncation, more)),
  };
}

function summaryOf(
  { data, truncation }: Answer<readonly WorkloadStatus[]>,
  service: string | undefined,
  environment: string,
): string {
  const [worst] = data;
  if (worst === undefined)
    return service === undefined
      ? `${environment}: nothing is in trouble${truncation?.total ? ` among ${workloadsOf(truncation.total)}` : ''}`
      : `${service}: no workload`;
  if (service !== undefined) {
    const others = data.length > 1 ? ` (and ${workloadsOf(data.length - 1, 'more ')})` : '';
    return `${headline(worst)}${others}`;
  }
  const known = truncation?.more ? 'at least ' : '';
  const of =
    truncation?.total === undefined
      ? workloadsOf(data.length)
      : `${data.length} of ${workloadsOf(truncation.total)}`;
  return `${environment}: ${known}${of} in trouble; worst is ${headline(worst)}`;
}

const workloadsOf = (count: number, more = '') => `${count} ${more}${count === 1 ? 'workload' : 'workloads'}`;

function eventsOf(workloads: readonly WorkloadStatus[]) {
  return workloads
    .flatMap((workload) => workload.events)
    .toSorted((a, b) => b.time.getTime() - a.time.getTime())
    .slice(0, mostEvents)
    .map((event) => eventRow(event));
}

/**
 * Of the whole environment a pod's name begins with its namespace, and every workload has one pod
 * before any has a second: alike pods say the same.
 */
function podsOf(workloads: readonly WorkloadStatus[], whole: boolean) {
  if (!whole)
    return workloads
      .flatMap(({ pods }) => pods)
      .toSorted(byTrouble)
      .map((pod) => podRow(pod, '', true));
  return workloads
    .flatMap(({ pods, name }) => {
      const place = name?.includes('/') ? `${name.slice(0, name.indexOf('/'))}/` : '';
      return pods.map((pod, turn) => ({ pod, place, turn }));
    })
    .toSorted((a, b) => a.turn - b.turn)
    .map(({ pod, place }) => podRow(pod, place, false));
}

function podTotal(workloads: readonly WorkloadStatus[]): number {
  return workloads.reduce((sum, { pods, podCount = 0 }) => sum + Math.max(pods.length, podCount), 0);
}

/** What was left out of the answer; workloads that are well are not missed. */
function truncationOf(
  { data, truncation }: Answer<readonly WorkloadStatus[]>,
  rows: Truncation | undefined,
  pods: Truncation | undefined,
  howToGetMore: string,
): Truncation | undefined {
  if (truncation?.more || rows) {
    const returned = rows?.returned ?? data.length;
    const more = `${howToGetMore} These are workloads.`;
    return { returned, ...(truncation?.more ? {} : { total: data.length }), more: true, howToGetMore: more };
  }
  return pods && { ...pods, howToGetMore: `${howToGetMore} These are pods.` };
}
