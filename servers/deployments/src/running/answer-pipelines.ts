import type { CallContext } from '@devops-mcp/contract';
import {
  cutText,
  frameAnswer,
  knownFields,
  type PipelineRun,
  type PipelinesApi,
  truncationField,
} from '@devops-mcp/domain';
import type { z } from 'zod';
import type { PipelinesAnswer, pipelinesInput } from '../tools/get-pipeline-status.js';
import { notConfigured } from './not-configured.js';

const longestExcerpt = 3_000;
const mostStages = 30;

export async function answerPipelines(
  input: z.output<typeof pipelinesInput>,
  pipelines: PipelinesApi | undefined,
  context: CallContext,
): Promise<PipelinesAnswer> {
  const { environment, service, limit } = input;
  if (pipelines === undefined)
    throw notConfigured(
      'pipelines',
      environment,
      'with a backend that provides pipelines; get_deployment_history shows what was deployed meanwhile',
    );
  const answer = await pipelines.status({ service, limit }, context);
  const green = answer.data.find((run) => run.status === 'succeeded');
  return {
    data: {
      service,
      runs: answer.data.slice(0, limit).map((run) => runRow(run)),
      ...(green
        ? {
            lastSucceeded: { id: green.id, revision: green.revision, started: green.started.toISOString() },
          }
        : {}),
    },
    ...frameAnswer(answer).fields,
    ...truncationField(answer.truncation),
  };
}

function runRow(run: PipelineRun): PipelinesAnswer['data']['runs'][number] {
  const { id, name, revision, status, failure } = run;
  return knownFields({
    ...{ id, name, revision, status },
    started: run.started.toISOString(),
    finished: run.finished?.toISOString(),
    stages: run.stages.slice(0, mostStages).map((stage) => knownFields(stage)),
    pendingApprovals: [...run.pendingApprovals],
    failure: failure && { ...failure, excerpt: cutText(failure.excerpt, longestExcerpt) },
  });
}
