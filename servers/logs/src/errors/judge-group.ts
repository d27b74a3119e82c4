import type { Deployment, ErrorGroup, Window } from '@devops-mcp/domain';

export const trends = ['new', 'rising', 'steady', 'falling'] as const;
export type Trend = (typeof trends)[number];

/** Differences that chance makes in counts are smaller than this many standard deviations. */
const deviations = 3;
const factor = 1.5;

/**
 * Compares the count with that of the window before. Two counts of the same rate differ by about the
 * square root of their sum (Poisson); a trend takes three times that and half as much again.
 */
export function trendOf({ count, previousCount }: Pick<ErrorGroup, 'count' | 'previousCount'>): Trend {
  if (previousCount === 0) return 'new';
  const significant = Math.abs(count - previousCount) >= deviations * Math.sqrt(count + previousCount);
  if (!significant) return 'steady';
  if (count >= previousCount * factor) return 'rising';
  return count * factor <= previousCount ? 'falling' : 'steady';
}

/**
 * The deployment since which an error exists: the latest one of the service before the error was
 * first seen, when it lies within the window or the one before, and nothing of the error was seen in
 * the window before. Null when there is none; older deployments prove nothing, since nobody looked.
 */
export function newSince(
  group: ErrorGroup,
  deployments: readonly Deployment[],
  window: Window,
): Deployment | null {
  if (group.previousCount > 0) return null;
  const lengthMs = window.end.getTime() - window.start.getTime();
  const lookedFrom = window.start.getTime() - lengthMs;
  const before = deployments
    .filter((deployment) => deployment.service === group.service)
    .filter(({ time }) => time <= group.firstSeen && time.getTime() >= lookedFrom)
    .toSorted((a, b) => b.time.getTime() - a.time.getTime());
  return before[0] ?? null;
}
