import { ToolError } from '@devops-mcp/contract';
import { closestNames } from '@devops-mcp/domain';

const mostCompletions = 50;

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
  throw new ToolError('not_found', `There is no ${kind} of this id.`, {
    hint:
      near.length > 0
        ? `Did you mean ${near.join(', ')}?`
        : `find_${kind === 'runbook' ? 'runbooks' : 'similar_incidents'} finds one.`,
  });
}

/** Ids with what was typed, those that begin with it first. */
export function completeId(ids: readonly string[], typed: string): readonly string[] {
  const text = typed.toLowerCase();
  return ids
    .filter((id) => id.toLowerCase().includes(text))
    .toSorted(
      (a, b) =>
        Number(b.toLowerCase().startsWith(text)) - Number(a.toLowerCase().startsWith(text)) ||
        (a < b ? -1 : 1),
    )
    .slice(0, mostCompletions);
}
