import type { Truncation } from '@devops-mcp/contract';

export interface Best<T> {
  readonly best: readonly T[];
  /** Absent when nothing was left out. */
  readonly truncation: Truncation | undefined;
}

/** The first of ranked records, as many as were asked for. */
export function takeBest<T>(ranked: readonly T[], limit: number): Best<T> {
  const best = ranked.slice(0, limit);
  const left = { returned: best.length, total: ranked.length, more: true, howToGetMore: 'Raise limit.' };
  return { best, truncation: ranked.length > best.length ? left : undefined };
}
