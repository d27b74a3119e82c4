import type { Window } from '@devops-mcp/domain';
import type { Range } from './query-api.js';

/** Equal steps of time that end where the window ends. A step is shown at its start and asked for at its end. */
export interface Grid extends Range {
  readonly count: number;
  /** Over which counters are looked at: at least four scrapes, so that a missed one leaves no gap. */
  readonly rateMs: number;
  /** How gauges are read: their mean over a step of several scrapes, or else the one sample that it holds. */
  readonly gauge: 'avg_over_time' | 'last_over_time';
  /** Over what: at least a little more than a scrape, so that jitter makes no gap and a missed one does. */
  readonly gaugeMs: number;
}

const scrapesPerRate = 4;
const scrapesPerGauge = 1.1;
/** From so many scrapes in a step on a mean says more than the last. */
const scrapesPerMean = 1.5;
const niceSeconds = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
  172_800, 604_800,
];

/**
 * Steps that give at most `most` points and are never finer than the scrape interval. What remains at
 * the window's start and is shorter than a step is left out, so that no point reaches back before it.
 */
export function gridOf(window: Window, most: number, scrapeMs: number, leastMs = 0): Grid {
  const length = window.end.getTime() - window.start.getTime();
  const least = Math.max(scrapeMs * 0.97, leastMs, 1_000);
  const nice = niceSeconds.map((seconds) => seconds * 1_000);
  const fits = (step: number) => step >= least && Math.floor(length / step) <= most;
  const stepMs = nice.find(fits) ?? Math.ceil(Math.max(least, length / most) / 1_000) * 1_000;
  const count = Math.max(1, Math.floor(length / stepMs));
  const endMs = window.end.getTime();
  return {
    startMs: endMs - (count - 1) * stepMs,
    endMs,
    stepMs,
    count,
    rateMs: Math.max(stepMs, scrapesPerRate * scrapeMs),
    gauge: stepMs < scrapesPerMean * scrapeMs ? 'last_over_time' : 'avg_over_time',
    gaugeMs: Math.max(stepMs, Math.ceil(scrapesPerGauge * scrapeMs)),
  };
}

/** Growth that is told once must not be seen by two steps. */
export function gridOfGrowth(window: Window, most: number, scrapeMs: number): Grid {
  return gridOf(window, most, scrapeMs, scrapesPerRate * scrapeMs);
}

/** The index of an evaluation time in the grid. */
export function stepAt(grid: Grid, timeMs: number): number {
  return Math.round((timeMs - grid.startMs) / grid.stepMs);
}

/** When the step with this index begins. */
export function startOf(grid: Grid, index: number): number {
  return grid.startMs + (index - 1) * grid.stepMs;
}
