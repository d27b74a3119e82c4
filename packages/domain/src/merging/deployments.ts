import { type CallContext, type PartialFailure, type PortPart, ToolError } from '@devops-mcp/contract';
import type { DeploymentsApi } from '../deployments.js';
import { askAll, askFirst, planWith, writerFirst } from './ask-parts.js';
import { joinAnswers, joinRows, union } from './join-answers.js';
import { joinHistories } from './same-deployment.js';

const imagesLookedAt = 100;

/**
 * Histories of all systems in one, a deployment that several record shown once; a revision is explained
 * by the system that knows it; changes are planned with the one that writes. That one also gives a
 * deployment its id and revision, so that what the history shows can be rolled back to.
 */
export function mergeDeployments(configured: readonly PortPart<DeploymentsApi>[]): DeploymentsApi {
  const parts = writerFirst(configured);
  return {
    async history(query, context) {
      const asked = await askAll(parts, context, (api) => api.history(query, context));
      const all = joinHistories(
        asked.answered.map(({ backend, answer }) => ({ backend, deployments: answer.data })),
      );
      return joinRows(asked, all, { limit: query.limit });
    },
    diff: (query, context) => askFirst(parts, context, (api) => api.diff(query, context)),
    desired: (query, context) => askFirst(parts, context, (api) => api.desired(query, context)),
    async migrationsBetween(query, context) {
      const asked = await askAll(parts, context, (api) => migrationsOf(api, query, parts, context)).catch(
        unknownEverywhere,
      );
      // Whether a change can be rolled back rests on this list: one that may lack files is no answer.
      if (asked.partial[0]) throw incomplete(asked.partial[0]);
      const files = union(asked.answered.map(({ answer }) => answer.data.map(({ path }) => path)));
      const all = asked.answered.flatMap(({ answer }) => answer.data);
      return joinAnswers(
        asked,
        files.flatMap((path) => all.find((file) => file.path === path) ?? []),
      );
    },
    planScale: (query, context) => planWith(parts, (api) => api.planScale(query, context)),
    planRestart: (query, context) => planWith(parts, (api) => api.planRestart(query, context)),
    planRollback: (query, context) => planWith(parts, (api) => api.planRollback(query, context)),
    planConfigChange: (query, context) => planWith(parts, (api) => api.planConfigChange(query, context)),
  };
}

type Migrations = Parameters<DeploymentsApi['migrationsBetween']>[0];

/** A cluster's revision means nothing to a repository: there the image says which two are meant. */
async function migrationsOf(
  api: DeploymentsApi,
  query: Migrations,
  parts: readonly PortPart<DeploymentsApi>[],
  context: CallContext,
): ReturnType<DeploymentsApi['migrationsBetween']> {
  try {
    return await api.migrationsBetween(query, context);
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'not_found') throw error;
    const from = await revisionWithImage(api, query.service, query.from, parts, context);
    const to = await revisionWithImage(api, query.service, query.to, parts, context);
    if (from === undefined || to === undefined) throw error;
    return api.migrationsBetween({ service: query.service, from, to }, context);
  }
}

async function revisionWithImage(
  api: DeploymentsApi,
  service: string,
  revision: string,
  parts: readonly PortPart<DeploymentsApi>[],
  context: CallContext,
): Promise<string | undefined> {
  const { data } = await askFirst(parts, context, (part) => part.desired({ service, revision }, context));
  if (data.image === null) return undefined;
  const { data: history } = await api.history({ service, limit: imagesLookedAt }, context);
  return history.find(({ image }) => image === data.image)?.revision;
}

/** Revisions that no system with migrations knows: nothing can be said, which is not "there are none". */
function unknownEverywhere(error: unknown): never {
  if (!(error instanceof ToolError) || error.code !== 'not_found') throw error;
  throw new ToolError('unsupported', 'No backend with migration files knows these revisions.', {
    hint: 'Give the images of the cluster the tags that the repository names, so that the two can be matched.',
    cause: error,
  });
}

function incomplete({ backend, reason }: PartialFailure): ToolError {
  return new ToolError('unavailable', `Migrations cannot be listed completely. ${backend}: ${reason}`, {
    hint: 'Try again once every backend behind the deployments port answers.',
  });
}
