import type { Truncation } from '@devops-mcp/contract';
import type { Anomaly } from '../metrics.js';
import { excursionMethod } from './excursion.js';
import { growthMethod } from './growth-trend.js';
import { isImprovement } from './signal-noise.js';

const most = 200;
/** How much less a change for the better counts in the ranking. */
const improvementWeight = 0.25;
/** What is over counts in full when it filled this much of the window, and never less than a quarter. */
const longShare = 0.2;
const leastOfEnded = 0.25;

/** How `findInSeries` judges and `rankAnomalies` ranks, for the reader of an answer. */
export const anomalyMethod =
  `${excursionMethod} ${growthMethod} ` +
  'Ranked by score; what is over counts by how long it lasted, changes for the better a quarter.';

export interface RankedAnomalies {
  readonly anomalies: readonly Anomaly[];
  /** There where some were left out. */
  readonly truncation?: Truncation;
}

/** The first `top` (1 to 200) of what was found in a window of `windowMs`. */
export function rankAnomalies(found: readonly Anomaly[], windowMs: number, top: number): RankedAnomalies {
  const ranked = found.toSorted((a, b) => weightOf(b, windowMs) - weightOf(a, windowMs));
  const returned = Math.max(1, Math.min(top, most));
  if (ranked.length <= returned) return { anomalies: ranked };
  const howToGetMore = 'Raise top; what is left out deviates less.';
  return {
    anomalies: ranked.slice(0, returned),
    truncation: { returned, total: ranked.length, more: true, howToGetMore },
  };
}

function weightOf(anomaly: Anomaly, windowMs: number): number {
  const better = isImprovement(anomaly.signal, anomaly.direction) ? improvementWeight : 1;
  if (anomaly.end === null) return anomaly.score * better;
  const share = (anomaly.end.getTime() - anomaly.onset.getTime()) / windowMs;
  return anomaly.score * better * Math.max(leastOfEnded, Math.min(1, share / longShare));
}
