import type { Window } from '@devops-mcp/domain';
import type { Duty } from './expand-series.js';

/**
 * Overrides take their time from the regular duties, and of two overrides the one edited last wins
 * where they overlap. Regular duties may overlap: two people can share a shift.
 */
export function applyOverrides(duties: readonly Duty[]): readonly Duty[] {
  const placed: Duty[] = [];
  const overrides = duties
    .filter(({ override }) => override)
    .toSorted((a, b) => b.edited - a.edited || b.start.getTime() - a.start.getTime());
  for (const override of overrides) placed.push(...without(override, placed));
  const regular = duties.filter(({ override }) => !override).flatMap((duty) => without(duty, placed));
  return [...placed, ...regular].toSorted((a, b) => a.start.getTime() - b.start.getTime());
}

/** The stretches of the window that none of the others covers. */
export function gapsIn(window: Window, covered: readonly Window[]): readonly Window[] {
  const gaps: Window[] = [];
  let at = window.start;
  for (const { start, end } of covered.toSorted((a, b) => a.start.getTime() - b.start.getTime())) {
    if (start >= window.end) break;
    if (start > at) gaps.push({ start: at, end: start });
    if (end > at) at = end;
  }
  if (at < window.end) gaps.push({ start: at, end: window.end });
  return gaps;
}

function without(duty: Duty, others: readonly Window[]): readonly Duty[] {
  return gapsIn(duty, others).map(({ start, end }) => ({ ...duty, start, end }));
}
