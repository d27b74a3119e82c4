import type { CallContext } from '@devops-mcp/contract';
import {
  cutText,
  estimateTokens,
  fitTokens,
  frameAnswer,
  knownFields,
  type PodStatus,
  truncationField,
  type WorkloadStatus,
  type WorkloadsApi,
} from '@devops-mcp/domain';
import type { z } from 'zod';
import type { WorkloadsAnswer, workloadsInput } from '../tools/get-workload-status.js';
import { notConfigured } from './not-configured.js';

const mostEvents = 15;
const longestMessage = 300;

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
  const answer = await workloads.status({ service }, context);
  const pods = answer.data.flatMap((workload) => workload.pods).toSorted((a, b) => trouble(b) - trouble(a));
  const events = eventsOf(answer.data);
  const frame = frameAnswer(answer);
  const fitted = fitTokens(pods.map(podRow), {
    maxTokens: input.maxTokens,
    reserved: frame.tokens + estimateTokens(events),
    howToGetMore: 'Raise maxTokens; pods in trouble come first.',
  });
  return {
    data: {
      service,
      workloads: answer.data.map(({ kind, desired, ready, updated, rollout, limits }) => ({
        ...{ kind, desired, ready, updated, rollout },
        limits: { ...limits },
      })),
      pods: [...fitted.rows],
      events,
    },
    ...frame.fields,
    ...truncationField(fitted.truncation),
  };
}

function trouble(pod: PodStatus): number {
  return (pod.ready ? 0 : 1_000_000) + Math.min(pod.restarts, 1_000) * 10 + (pod.reason === null ? 0 : 1);
}

function podRow(pod: PodStatus): WorkloadsAnswer['data']['pods'][number] {
  const { name, phase, ready, restarts, reason, lastTermination } = pod;
  return knownFields({
    ...{ name, phase, ready, restarts, reason },
    lastTermination: lastTermination && { ...lastTermination, time: lastTermination.time.toISOString() },
  });
}

function eventsOf(workloads: readonly WorkloadStatus[]): WorkloadsAnswer['data']['events'] {
  return workloads
    .flatMap((workload) => workload.events)
    .toSorted((a, b) => b.time.getTime() - a.time.getTime())
    .slice(0, mostEvents)
    .map((event) => ({
      ...event,
      time: event.time.toISOString(),
      message: cutText(event.message, longestMessage),
    }));
}
