import { type CallContext, ToolError, type Truncation } from '@devops-mcp/contract';
import {
  askDeployments,
  cutLines,
  type Deployment,
  type DeploymentPorts,
  estimateTokens,
  fitTokens,
  frameAnswer,
  knownFields,
  type RevisionDiff,
  truncationField,
} from '@devops-mcp/domain';
import type { z } from 'zod';
import type { DiffAnswer, diffInput } from '../tools/get-deployment-diff.js';
import { diffRowOf } from './diff-row.js';

type End = DiffAnswer['data']['from'];

/** How far back a version is looked for. */
const searched = 100;
const mostNamed = 50;

export async function answerDiff(
  input: z.output<typeof diffInput>,
  ports: DeploymentPorts,
  context: CallContext,
): Promise<DiffAnswer> {
  const { service } = input;
  const { data: history } = await askDeployments(service, ports, context, (api) =>
    api.history({ service, limit: searched }, context),
  );
  const to = input.to === undefined ? history[0]?.revision : revisionOf(input.to, history);
  const from = input.from === undefined ? revisionBefore(to, history) : revisionOf(input.from, history);
  if (to === undefined || from === undefined) throw nothingBefore(service);
  const answer = await askDeployments(service, ports, context, (api) =>
    api.diff({ service, from, to }, context),
  );
  const { data } = answer;
  const summary = diffRowOf(data.summary);
  const shown = fitPatches(data, input.maxTokens - estimateTokens(summary), answer.truncation);
  return {
    data: {
      service,
      from: endOf(data.from, history),
      to: endOf(data.to, history),
      summary,
      files: shown.files,
      withoutPatch: shown.withoutPatch,
    },
    ...frameAnswer(answer).fields,
    ...truncationField(shown.truncation),
  };
}

/** A version means its newest deployment; anything else is taken as a revision. */
function revisionOf(name: string, history: readonly Deployment[]): string {
  return history.find((one) => one.version === name)?.revision ?? name;
}

function revisionBefore(to: string | undefined, history: readonly Deployment[]): string | undefined {
  const place = history.findIndex((one) => to !== undefined && one.revision.startsWith(to));
  return place < 0 ? undefined : history[place + 1]?.revision;
}

function endOf(revision: string, history: readonly Deployment[]): End {
  const known = history.find((one) => one.revision === revision);
  return knownFields({ revision, version: known?.version, time: known?.time.toISOString() });
}

/** No single patch takes more than half of the room, so that one long file does not hide the others. */
function fitPatches(
  diff: RevisionDiff,
  room: number,
  cut: Truncation | undefined,
): { files: DiffAnswer['data']['files']; withoutPatch: string[]; truncation?: Truncation } {
  const longest = Math.max(400, Math.floor(room * 1.5));
  const rows = diff.files.map((file) => ({ ...file, patch: cutLines(file.patch, longest) }));
  const howToGetMore = 'Raise maxTokens, or compare revisions that lie closer together.';
  const fitted = fitTokens(rows, {
    maxTokens: room,
    total: cut?.total ?? rows.length,
    howToGetMore,
  });
  return {
    files: [...fitted.rows],
    withoutPatch: rows.slice(fitted.rows.length, fitted.rows.length + mostNamed).map((file) => file.path),
    ...truncationField(fitted.truncation),
  };
}

function nothingBefore(service: string): ToolError {
  return new ToolError('not_found', `There is no deployment of ${service} to compare with.`, {
    hint: 'Give from and to: revisions or versions of get_deployment_history.',
  });
}
