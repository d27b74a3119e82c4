import type { Truncation } from '@devops-mcp/contract';
import { estimateTokens } from './estimate-tokens.js';

export interface FitOptions<T> {
  /** The caller's budget for the whole answer. */
  readonly maxTokens: number;
  /** What the rest of the answer takes: window, source, hints, and the fields beside the rows. */
  readonly reserved?: number;
  /** Most useful first; without it the rows are taken to be ranked already. */
  readonly rank?: (a: T, b: T) => number;
  /** How many rows there are, when the backend counted more than it gave. */
  readonly total?: number;
  /** There are more rows than were given, and nobody counted them. */
  readonly more?: boolean;
  /** One sentence: which argument brings the rest. */
  readonly howToGetMore: string;
  /** Rows that are kept even when the budget is too small for them; default 1. */
  readonly atLeast?: number;
}

export interface Fitted<T> {
  readonly rows: readonly T[];
  /** Absent when nothing was left out. */
  readonly truncation?: Truncation;
  /** Estimated tokens of the kept rows. */
  readonly tokens: number;
}

/** Ranks rows, then keeps the first of them that fit a token budget, and says what was left out. */
export function fitTokens<T>(rows: readonly T[], options: FitOptions<T>): Fitted<T> {
  const ranked = options.rank ? rows.toSorted(options.rank) : rows;
  const budget = options.maxTokens - (options.reserved ?? 250);
  const kept: T[] = [];
  let tokens = 0;
  for (const row of ranked) {
    const cost = estimateTokens(row) + 1;
    if (tokens + cost > budget && kept.length >= (options.atLeast ?? 1)) break;
    kept.push(row);
    tokens += cost;
  }
  const total = options.total ?? (options.more ? undefined : rows.length);
  const cut = kept.length < rows.length;
  if (!cut && !options.more && (total === undefined || total <= kept.length)) return { rows: kept, tokens };
  const truncation = {
    returned: kept.length,
    ...(total === undefined ? {} : { total }),
    more: true,
    howToGetMore: options.howToGetMore,
  };
  return { rows: kept, tokens, truncation };
}
