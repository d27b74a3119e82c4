import type { Truncation } from '@devops-mcp/contract';
import { estimateTokens, type Point, thinPoints } from '@devops-mcp/domain';

export const pointsMax = 60;
/** Fewer points than this do not show when something began. */
const pointsMin = 10;
/** A time in ms and a value of four digits: `[1777881600000,0.001234],`. */
const tokensPerPoint = 12;

export interface SeriesToFit<Row> {
  readonly row: Row;
  readonly points: readonly Point[];
  readonly stepMs: number;
  /** Its course is what the reader came for: it gets the finer resolution. */
  readonly telling: boolean;
}

export interface FittedSeries<Row> {
  readonly rows: readonly (Row & { readonly stepSeconds: number; readonly points: readonly Point[] })[];
  readonly truncation?: Truncation;
}

/**
 * Shares a token budget among ranked series. Resolution goes first: every series gets ten points,
 * what is left goes to the telling ones and then to the others, up to sixty each. Only when ten
 * points are too many are the last series left out; one is always kept.
 */
export function fitSeries<Row extends object>(
  ranked: readonly SeriesToFit<Row>[],
  budget: number,
): FittedSeries<Row> {
  const fixed = ranked.map(({ row }) => estimateTokens(row) + 12);
  let kept = ranked.length;
  while (kept > 1 && pointsLeft(fixed, kept, budget) < pointsMin * kept) kept -= 1;
  const shown = ranked.slice(0, kept);
  const shares = sharePoints(
    shown.map(({ telling }) => telling),
    pointsLeft(fixed, kept, budget),
  );
  const rows = shown.map(({ row, points, stepMs }, place) => {
    const thinned = thinPoints(points, stepMs, shares[place] ?? pointsMin);
    return { ...row, stepSeconds: thinned.stepMs / 1_000, points: thinned.points };
  });
  if (kept === ranked.length) return { rows };
  const howToGetMore = 'Raise maxTokens, or ask for fewer signals or without groupBy.';
  return { rows, truncation: { returned: kept, total: ranked.length, more: true, howToGetMore } };
}

function pointsLeft(fixed: readonly number[], kept: number, budget: number): number {
  const rest = fixed.slice(0, kept).reduce((left, tokens) => left - tokens, budget);
  return Math.floor(rest / tokensPerPoint);
}

function sharePoints(telling: readonly boolean[], points: number): readonly number[] {
  const shares = telling.map(() => pointsMin);
  let left = points - pointsMin * telling.length;
  for (const turn of [true, false]) {
    const places = telling.flatMap((one, place) => (one === turn ? [place] : []));
    const extra = Math.max(0, Math.min(pointsMax - pointsMin, Math.floor(left / Math.max(1, places.length))));
    for (const place of places) shares[place] = pointsMin + extra;
    left -= extra * places.length;
  }
  return shares;
}
