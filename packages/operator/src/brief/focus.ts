import type { Asker } from './ask.js';
import { askComparison, type ComparisonFound, operationsOf, type Question } from './collect-evidence.js';
import { minuteMs } from './evidence.js';
import { traceConfidence } from './significance.js';

/** With fewer traces before, there is nothing to compare with. */
const leastBaseline = 20;
/** Shares of the window tried when nothing says since when. */
const triedShares = [1 / 4, 1 / 3, 1 / 2];
const sure = 0.4;

/**
 * Traces compared since the onset instead of over the whole window, since a short fault drowns in a long
 * window. Where the onset is not known and the window has nothing before it to compare with, its last
 * quarter, third and half are tried and what tells most is kept.
 */
export async function focusTraces(
  asker: Asker,
  question: Question,
  onset: number | null,
  whole: ComparisonFound,
): Promise<ComparisonFound> {
  const windowMs = question.windowMinutes * minuteMs;
  const lasts = onset === null ? null : question.at.getTime() - onset + minuteMs;
  const candidates: ComparisonFound[] = isComparable(whole) ? [whole] : [];
  if (lasts !== null && lasts < windowMs / 2) {
    const since = await askComparison(asker, question, lasts);
    if (isComparable(since) && confidenceIn(since) >= Math.min(sure, confidenceIn(whole))) return since;
    candidates.push(since);
  }
  if (candidates.every((found) => !isComparable(found) || confidenceIn(found) < sure) && !isComparable(whole))
    candidates.push(
      ...(await Promise.all(triedShares.map((share) => askComparison(asker, question, share * windowMs)))),
    );
  const [best] = candidates.filter(isComparable).sort((a, b) => confidenceIn(b) - confidenceIn(a));
  return best ?? whole;
}

function isComparable(found: ComparisonFound): boolean {
  return found !== undefined && found.data.baselineTraces >= leastBaseline;
}

function confidenceIn(found: ComparisonFound): number {
  return traceConfidence(operationsOf(found));
}
