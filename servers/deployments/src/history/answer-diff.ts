import { type CallContext, ToolError, type Truncation } from '@devops-mcp/contract';
import { type Deployment, estimateTokens, fitTokens, type RevisionDiff } from '@devops-mcp/domain';
import type { z } from 'zod';
import type { DiffAnswer, diffInput } from '../tools/get-deployment-diff.js';
import { diffRowOf } from './diff-row.js';
import { askAbout, type ServicePorts } from './known-service.js';

type End = DiffAnswer['data']['from'];

/** How far back a version is looked for. */
const searched = 100;
const mostNamed = 50;

export async function answerDiff(
  input: z.output<typeof diffInput>,
  ports: ServicePorts,
  context: CallContext,
): Promise<DiffAnswer> {
  const { service } = input;
  const { data: history } = await askAbout(service, ports, context, (api) =>
    api.history({ service, limit: searched }, context),
  );
  const to = input.to === undefined ? history[0]?.revision : revisionOf(input.to, history);
  const from = input.from === undefined ? revisionBefore(to, history) : revisionOf(input.from, history);
  if (to === undefined || from === undefined) throw nothingBefore(service);
  const answer = await askAbout(service, ports, context, (api) => api.diff({ service, from, to }, context));
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
    source: answer.source,
    ...(shown.truncation ? { truncation: shown.truncation } : {}),
    ...(answer.partial ? { partial: [...answer.partial] } : {}),
    ...(answer.hints ? { hints: [...answer.hints] } : {}),
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
  return { revision, version: known?.version ?? null, time: known?.time.toISOString() ?? null };
}

/** No single patch takes more than half of the room, so that one long file does not hide the others. */
function fitPatches(
  diff: RevisionDiff,
  room: number,
  cut: Truncation | undefined,
): { files: DiffAnswer['data']['files']; withoutPatch: string[]; truncation?: Truncation } {
  const longest = Math.max(400, Math.floor(room * 1.5));
  const rows = diff.files.map((file) => ({ ...file, patch: cutPatch(file.patch, longest) }));
  const howToGetMore = 'Raise maxTokens, or compare revisions that lie closer together.';
  const fitted = fitTokens(rows, { maxTokens: room, total: cut?.total ?? rows.length, howToGetMore });
  return {
    files: [...fitted.rows],
    withoutPatch: rows.slice(fitted.rows.length, fitted.rows.length + mostNamed).map((file) => file.path),
    ...(fitted.truncation ? { truncation: fitted.truncation } : {}),
  };
}

function cutPatch(patch: string, most: number): string {
  if (patch.length <= most) return patch;
  const end = patch.lastIndexOf('\n', most) + 1;
  const missing = patch.slice(end).split('\n').length - 1;
  return `${patch.slice(0, end)}(${missing} more lines)\n`;
}

function nothingBefore(service: string): ToolError {
  return new ToolError('not_found', `There is no deployment of ${service} to compare with.`, {
    hint: 'Give from and to: revisions or versions of get_deployment_history.',
  });
}
