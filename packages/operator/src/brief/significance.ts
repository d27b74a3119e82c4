import { type AnomalyFact, type ErrorFact, type OperationFact, resourceSignals } from './evidence.js';

/** Robust deviations from which a departure that users feel counts as strong. */
export const strongScore = 6;
/** Resources stray more without harm: a batch job, a warm cache. */
export const strongResourceScore = 15;
/** Errors added to an operation below this are the odd failure of any day. */
const leastAddedErrors = 3;
const manyAddedErrors = 5;
/** Added time counts in full from this much, when it also doubles. */
const noticeableMs = 10;
const errorDeviations = 3;
const manyErrors = 15;

/** 0 to 1: how far the worsening of an operation can be more than chance; blame alone is a share of whatever there is. */
export function confidenceOf(found: OperationFact): number {
  return Math.max(errorConfidence(found), timeConfidence(found));
}

/** 0 to 1: how much of the blame in the environment is more than chance. */
export function traceConfidence(operations: readonly OperationFact[]): number {
  return Math.min(
    1,
    operations.reduce((sum, found) => sum + found.blame * confidenceOf(found), 0),
  );
}

/** How many errors there are beyond what can be expected after the time before; 0 when it may be chance. */
export function errorGrowth({ count, previousCount }: Pick<ErrorFact, 'count' | 'previousCount'>): number {
  const growth = count - 1.5 * previousCount;
  const deviations = (count - previousCount) / Math.sqrt(Math.max(1, count + previousCount));
  return growth < 5 || deviations < errorDeviations ? 0 : growth;
}

/** 0 to 1: how much weight a growth of errors has. */
export function errorsConfidence(growth: number): number {
  return 1 - Math.exp(-growth / manyErrors);
}

/** True for what users feel: errors, latency, queues, traffic that is lost. More traffic is not harm in itself. */
export function isHarm({ signal, direction }: AnomalyFact): boolean {
  if (signal === 'request_rate') return direction === 'down';
  return direction === 'up' && !resourceSignals.includes(signal);
}

/** True for a strong and lasting departure of what users feel. */
export function isFelt(found: AnomalyFact): boolean {
  return isHarm(found) && found.lasting && found.score >= strongScore;
}

function errorConfidence(found: OperationFact): number {
  const added = found.calls * (found.errorShare - found.previousErrorShare);
  return added < leastAddedErrors ? 0 : 1 - Math.exp(-added / manyAddedErrors);
}

function timeConfidence({ selfMs, previousSelfMs, calls, previousCalls }: OperationFact): number {
  // Nothing to compare with: a new operation may be slow by nature.
  if (previousCalls === 0) return 0;
  const added = selfMs - previousSelfMs;
  const share = Math.min(1, Math.max(0, added / Math.max(1, previousSelfMs)));
  const few = 1 - Math.exp(-Math.min(calls, previousCalls) / leastAddedErrors);
  return share * Math.min(1, added / noticeableMs) * few;
}
