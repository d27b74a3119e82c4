import type { CallContext } from '@devops-mcp/contract';
import {
  type Answer,
  askDeployments,
  type Deployment,
  type DeploymentPorts,
  fitTokens,
  frameAnswer,
  knownFields,
  parsePeriod,
  showWindow,
  truncationField,
  type Window,
} from '@devops-mcp/domain';
import type { z } from 'zod';
import type { HistoryAnswer, historyInput } from '../tools/get-deployment-history.js';
import { diffRowOf } from './diff-row.js';

type Row = HistoryAnswer['data']['deployments'][number];

const longestTitle = 200;

type AskHistory = (query: {
  readonly window?: Window;
  readonly limit: number;
}) => Promise<Answer<readonly Deployment[]>>;

export async function answerHistory(
  input: z.output<typeof historyInput>,
  ports: DeploymentPorts,
  context: CallContext,
): Promise<HistoryAnswer> {
  const { window, hints } = parsePeriod(input.period, context.now);
  const ask: AskHistory = (query) => {
    const { service } = input;
    if (service === undefined) return ports.deployments.history(query, context);
    return askDeployments(service, ports, context, (api) => api.history({ ...query, service }, context));
  };
  const answer = await ask({ window, limit: input.limit });
  const before = answer.data.length === 0 ? await lastBefore(ask, window.start) : undefined;
  const frame = frameAnswer({
    window: showWindow(window, context.now),
    source: answer.source,
    hints: [...hints, ...(answer.hints ?? [])],
    partial: answer.partial,
  });
  const fitted = fitTokens(answer.data.map(rowOf), {
    maxTokens: input.maxTokens,
    reserved: frame.tokens,
    ...(answer.truncation?.total === undefined ? {} : { total: answer.truncation.total }),
    more: answer.truncation?.more ?? false,
    howToGetMore: 'Name a service, shorten the period, or raise limit or maxTokens.',
  });
  return {
    data: {
      environment: input.environment,
      deployments: [...fitted.rows],
      ...(before ? { lastBefore: before } : {}),
    },
    ...frame.fields,
    ...truncationField(fitted.truncation),
  };
}

/** An empty answer alone could mean that nothing is known; the deployment before it says otherwise. */
async function lastBefore(ask: AskHistory, end: Date): Promise<HistoryAnswer['data']['lastBefore']> {
  const [last] = (await ask({ window: { start: new Date(0), end }, limit: 1 })).data;
  if (last === undefined) return undefined;
  const { service, time, revision, version } = last;
  return knownFields({ service, time: time.toISOString(), revision, version });
}

function rowOf(deployment: Deployment): Row {
  const { id, service, time, by, revision, version, kind, result, title, diff, seenIn } = deployment;
  return knownFields({
    ...{ id, service, by, revision, version, kind, result },
    time: time.toISOString(),
    title: title.slice(0, longestTitle),
    diff: diff && diffRowOf(diff),
    seenIn: seenIn && seenIn.length > 1 ? [...seenIn] : undefined,
  });
}
