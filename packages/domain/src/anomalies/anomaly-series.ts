/** A sample with the smallest standard deviation that its own nature allows, such as that of a count. */
export interface AnomalySample {
  /** Unix ms at which the sample is shown; it stands for its whole step. */
  readonly timeMs: number;
  readonly value: number;
  readonly noise: number;
}

/** A signal of one instance, or of a service as a whole, over time. */
export interface AnomalySeries {
  /** Telemetry's name. */
  readonly service: string;
  readonly instance: string | null;
  /** True for the sum of all instances, which has a history where each of them is new. */
  readonly whole: boolean;
  readonly signal: string;
  readonly unit: string;
  readonly stepMs: number;
  /** Oldest first. */
  readonly samples: readonly AnomalySample[];
}

/** What is judged together, in the order of the first series of each group. */
export function byServiceAndSignal<T extends AnomalySeries>(
  series: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const line of series) {
    const group = groups.get(groupOf(line));
    if (group === undefined) groups.set(groupOf(line), [line]);
    else group.push(line);
  }
  return groups;
}

/** A service of one instance says as a whole what the instance says. */
export function withoutLoneWholes<T extends AnomalySeries>(series: readonly T[]): readonly T[] {
  const instances = byServiceAndSignal(series.filter((line) => !line.whole));
  return series.filter((line) => !line.whole || instances.get(groupOf(line))?.length !== 1);
}

function groupOf({ service, signal, unit }: AnomalySeries): string {
  return `${service}\n${signal}\n${unit}`;
}
