import type { Asker } from './ask.js';
import { askComparison, type ComparisonFound, operationsOf, type Question } from './collect-evidence.js';
import { minuteMs } from './evidence.js';
import { traceConfidence } from './significance.js';

/** With fewer traces before, there is nothing to compare with. */
const leastBaseline = 20;
/** When nothing says since when, the window is halved and halved again down to this. */
const shortestMs = 3 * minuteMs;
const sure = 0.4;

/**
 * Traces compared since the onset instead of over the whole window, since a short fault drowns in a long
 * window. Where the onset is not known and the window has nothing before it to compare with, its last
 * half, quarter and so on are tried, so that the answer hangs little on the window, and what is surest is kept.
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
      ...(await Promise.all(halvesOf(windowMs).map((lengthMs) => askComparison(asker, question, lengthMs)))),
    );
  const [best] = candidates.filter(isComparable).sort((a, b) => confidenceIn(b) - confidenceIn(a));
  return best ?? whole;
}

function halvesOf(windowMs: number): readonly number[] {
  const half = windowMs / 2;
  return half < shortestMs ? [] : [half, ...halvesOf(half)];
}

function isComparable(found: ComparisonFound): boolean {
  return found !== undefined && found.data.baselineTraces >= leastBaseline;
}

function confidenceIn(found: ComparisonFound): number {
  return traceConfidence(operationsOf(found));
}
