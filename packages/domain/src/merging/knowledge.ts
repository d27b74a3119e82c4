import type { PortPart } from '@devops-mcp/contract';
import type { KnowledgeApi } from '../knowledge.js';
import { type AnsweredPart, askAll, planWith, writerFirst } from './ask-parts.js';
import { joinRows } from './join-answers.js';

/** Runbooks and incidents of all systems. Of two with the same id the second gets its system's name before it. */
export function mergeKnowledge(configured: readonly PortPart<KnowledgeApi>[]): KnowledgeApi {
  const parts = writerFirst(configured);
  return {
    async runbooks(context) {
      const asked = await askAll(parts, context, (api) => api.runbooks(context));
      return joinRows(asked, withOwnIds(asked.answered));
    },
    async incidents(context) {
      const asked = await askAll(parts, context, (api) => api.incidents(context));
      return joinRows(asked, withOwnIds(asked.answered));
    },
    planIncident: (query, context) => planWith(parts, (api) => api.planIncident(query, context)),
  };
}

function withOwnIds<T extends { readonly id: string }>(
  answered: readonly AnsweredPart<readonly T[]>[],
): readonly T[] {
  const taken = new Set<string>();
  return answered.flatMap(({ backend, answer }) =>
    answer.data.map((record) => {
      const id = taken.has(record.id.toLowerCase()) ? `${backend}:${record.id}` : record.id;
      taken.add(id.toLowerCase());
      return { ...record, id };
    }),
  );
}
