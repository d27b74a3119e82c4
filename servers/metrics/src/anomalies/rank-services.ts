import type { Anomaly } from '@devops-mcp/domain';

/**
 * Robust standard deviations from which a deviation is taken for a fault and not for chance: with
 * thousands of series, some always stray four or five.
 */
export const strongScore = 8;

export interface AnomalousService {
  readonly service: string;
  /** Of the earliest strong deviation, or of the earliest at all. */
  readonly onset: Date;
  /** Of the largest deviation. */
  readonly score: number;
  readonly strong: boolean;
  readonly anomalies: readonly Anomaly[];
}

export const rankingMethod =
  'Services with a score of 8 or more first, in order of onset by minute, then by score; the others by score.';

/** Who left their normal, first the one that did so first: a fault comes before what it causes. */
export function rankServices(anomalies: readonly Anomaly[]): readonly AnomalousService[] {
  const byService = new Map<string, Anomaly[]>();
  for (const anomaly of anomalies)
    byService.set(anomaly.service, [...(byService.get(anomaly.service) ?? []), anomaly]);
  return [...byService].map(([service, own]) => summarise(service, own)).toSorted(compare);
}

function summarise(service: string, own: readonly Anomaly[]): AnomalousService {
  const strong = own.filter((anomaly) => anomaly.score >= strongScore);
  const decisive = strong.length > 0 ? strong : own;
  return {
    service,
    onset: new Date(Math.min(...decisive.map((anomaly) => anomaly.onset.getTime()))),
    score: Math.max(...own.map((anomaly) => anomaly.score)),
    strong: strong.length > 0,
    anomalies: own.toSorted((a, b) => b.score - a.score),
  };
}

function compare(a: AnomalousService, b: AnomalousService): number {
  const byOnset = a.strong && b.strong ? minuteOf(a) - minuteOf(b) : 0;
  return Number(b.strong) - Number(a.strong) || byOnset || b.score - a.score;
}

function minuteOf({ onset }: AnomalousService): number {
  return Math.floor(onset.getTime() / 60_000);
}
