import type { Window } from '../answer.js';

export const baselineKinds = ['previous_period', 'same_time_last_week'] as const;
export type BaselineKind = (typeof baselineKinds)[number];

const weekMs = 7 * 24 * 3_600_000;

/** The window that a window is compared with, of the same length. */
export function baselineWindow(window: Window, kind: BaselineKind): Window {
  const backMs = kind === 'same_time_last_week' ? weekMs : window.end.getTime() - window.start.getTime();
  return { start: new Date(window.start.getTime() - backMs), end: new Date(window.end.getTime() - backMs) };
}
