import { ToolError } from '@devops-mcp/contract';
import { closestNames, didYouMean } from '@devops-mcp/domain';

/** The record of this id; `not_found` names the closest. */
export function findRecord<T extends { readonly id: string }>(
  kind: 'runbook' | 'incident',
  id: string,
  records: readonly T[],
): T {
  const found = records.find((record) => record.id.toLowerCase() === id.toLowerCase());
  if (found) return found;
  const near = closestNames(
    id,
    records.map((record) => record.id),
  );
  const finder = kind === 'runbook' ? 'find_runbooks' : 'find_similar_incidents';
  throw new ToolError('not_found', `There is no ${kind} of this id.`, {
    hint: didYouMean(near, `${finder} finds one.`),
  });
}
