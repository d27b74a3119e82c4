import type { Source, Truncation } from '@devops-mcp/contract';
import type { Answer } from '../answer.js';
import type { AnsweredPart, AskedParts } from './ask-parts.js';

/** One answer around data that were merged: sources, what failed, and hints with whose they are. */
export function joinAnswers<T>(
  asked: AskedParts<unknown>,
  data: T,
  more: { readonly hints?: readonly string[]; readonly truncation?: Truncation | undefined } = {},
): Answer<T> {
  const hints = [...hintsOf(asked.answered), ...(more.hints ?? [])];
  return {
    data,
    source: sourceOf(asked.answered),
    ...(more.truncation === undefined ? {} : { truncation: more.truncation }),
    ...(asked.partial.length > 0 ? { partial: asked.partial } : {}),
    ...(hints.length > 0 ? { hints } : {}),
  };
}

/** The answer whose data are the first `limit` of these rows; all when it is absent. */
export function joinRows<Row>(
  asked: AskedParts<readonly unknown[]>,
  found: readonly Row[],
  { limit, hints = [] }: { readonly limit?: number | undefined; readonly hints?: readonly string[] } = {},
): Answer<readonly Row[]> {
  const rows = found.slice(0, limit);
  const counts = { returned: rows.length, found: found.length };
  return joinAnswers(asked, rows, {
    hints,
    truncation: cutOf(asked, { ...counts, rowsOf: (data) => data.length }),
  });
}

export interface CutRows<T> {
  /** How many rows the merged answer gives, and how many there were to choose from. */
  readonly returned: number;
  readonly found: number;
  /** Rows of one part's answer. */
  readonly rowsOf: (data: T) => number;
}

/** Something is left out when the merged rows were cut, or the rows of a part had been already. */
export function cutOf<T>(
  { answered }: AskedParts<T>,
  { returned, found, rowsOf }: CutRows<T>,
): Truncation | undefined {
  const cuts = answered.flatMap(({ answer }) => answer.truncation ?? []);
  const more = returned < found || cuts.some((cut) => cut.more);
  if (!more && cuts.length === 0) return undefined;
  // Rows that two parts had in common were merged, so that each part's own are subtracted once.
  const rows = answered.map(({ answer }) => rowsOf(answer.data));
  const merged = rows.reduce((sum, count) => sum + count, 0) - found;
  const totals = answered.map(({ answer }, place) =>
    answer.truncation === undefined ? (rows[place] ?? 0) : answer.truncation.total,
  );
  const known = totals.every((total) => total !== undefined);
  const total = totals.reduce<number>((sum, count) => sum + (count ?? 0), 0) - Math.max(0, merged);
  return {
    returned,
    ...(known ? { total: Math.max(total, returned) } : {}),
    more,
    howToGetMore: cuts[0]?.howToGetMore ?? 'Raise the limit or narrow the question.',
  };
}

/** Values without repeats, in order, at most so many. */
export function union<T>(lists: readonly (readonly T[])[], most = Number.POSITIVE_INFINITY): readonly T[] {
  return [...new Set(lists.flat())].slice(0, most);
}

function sourceOf(answered: readonly AnsweredPart<unknown>[]): Source {
  const backend = answered.map((part) => part.backend).join(', ');
  const queries = answered.flatMap(({ backend: name, answer }) =>
    answer.source.query === undefined ? [] : [{ name, query: answer.source.query }],
  );
  const [only] = queries;
  const query =
    answered.length === 1
      ? only?.query
      : queries.map((one) => `${one.name}: ${one.query}`).join('; ') || undefined;
  const link = answered.find(({ answer }) => answer.source.link !== undefined)?.answer.source.link;
  return { backend, ...(query === undefined ? {} : { query }), ...(link === undefined ? {} : { link }) };
}

/** What every part says stands once; what one says is said to be its own. */
function hintsOf(answered: readonly AnsweredPart<unknown>[]): readonly string[] {
  const [first, ...rest] = answered;
  const common = (first?.answer.hints ?? []).filter((hint) =>
    rest.every(({ answer }) => answer.hints?.includes(hint)),
  );
  const own = answered.flatMap(({ backend, answer }) =>
    (answer.hints ?? []).filter((hint) => !common.includes(hint)).map((hint) => `${backend}: ${hint}`),
  );
  return [...common, ...own];
}
