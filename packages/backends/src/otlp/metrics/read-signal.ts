import type { Session } from '../port-context.js';
import { type GroupOf, gaugeValues, type RateCells, rateCells, rateValues, type Values } from './cells.js';
import type { Chosen } from './choose-source.js';
import {
  counterGrowth,
  type GaugeRow,
  type Growth,
  gaugeRows,
  type Scope,
  type SeriesFacts,
  seriesFacts,
} from './counter-rows.js';
import { summaryValues } from './summary-values.js';

/** Reads each set of metrics once, however many signals and groupings are made from it. */
export interface SignalReader {
  /** `groupOf` stands in for the reader's own grouping. */
  read(chosen: Chosen, groupOf?: GroupOf): Promise<Values>;
  /** What counters and histograms said, where the signal was read from such. */
  cells(chosen: Chosen, groupOf?: GroupOf): Promise<RateCells>;
}

interface GaugeReading {
  readonly rows: readonly GaugeRow[];
  readonly facts: ReadonlyMap<number, SeriesFacts>;
}

export function signalReader(
  session: Session,
  scope: Omit<Scope, 'metrics'>,
  ownGroups: GroupOf,
): SignalReader {
  const grown = new Map<string, Promise<readonly Growth[]>>();
  const gauges = new Map<string, Promise<GaugeReading>>();
  const grouped = new Map<string, Map<GroupOf, Promise<RateCells>>>();
  const growthOf = (key: string, metrics: readonly string[]) =>
    once(grown, key, () => counterGrowth(session, { ...scope, metrics }));
  const gaugesOf = (metrics: readonly string[]) =>
    once(gauges, metrics.join('\n'), () => readGauges(session, { ...scope, metrics }));
  const cells = ({ metrics }: Chosen, groupOf: GroupOf = ownGroups) => {
    const key = metrics.join('\n');
    const own = once(grouped, key, () => new Map<GroupOf, Promise<RateCells>>());
    return once(own, groupOf, () => growthOf(key, metrics).then((rows) => rateCells(rows, groupOf)));
  };
  return {
    cells,
    async read(chosen, groupOf = ownGroups) {
      const { reading, metrics } = chosen;
      if (reading.how === 'gauge') {
        const { rows, facts } = await gaugesOf(metrics);
        return gaugeValues(rows, facts, chosen, groupOf);
      }
      const values = rateValues(await cells(chosen, groupOf), chosen, scope.grid, scope.end);
      if (reading.how !== 'requests' || reading.want !== 'latency' || hasValues(values)) return values;
      const { rows, facts } = await gaugesOf(metrics);
      return summaryValues(rows, facts, reading.quantile ?? 0.95, groupOf);
    },
  };
}

async function readGauges(session: Session, scope: Scope): Promise<GaugeReading> {
  const facts = new Map((await seriesFacts(session, scope)).map((row) => [row.series, row]));
  return { rows: await gaugeRows(session, scope), facts };
}

function hasValues(values: Values): boolean {
  return [...values.values()].some((line) => line.size > 0);
}

function once<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
