import type { Session } from '../port-context.js';
import { type GroupOf, gaugeValues, type RateCells, rateCells, rateValues, type Values } from './cells.js';
import type { Chosen } from './choose-source.js';
import { counterGrowth, gaugeRows, type Scope, seriesFacts } from './counter-rows.js';
import { summaryValues } from './summary-values.js';

/** Reads each set of metrics once, however many signals are made from it. */
export interface SignalReader {
  read(chosen: Chosen): Promise<Values>;
  /** What counters and histograms said, where the signal was read from such. */
  cells(chosen: Chosen): Promise<RateCells>;
}

export function signalReader(
  session: Session,
  scope: Omit<Scope, 'metrics'>,
  groupOf: GroupOf,
): SignalReader {
  const grown = new Map<string, Promise<RateCells>>();
  const cells = (chosen: Chosen) => {
    const key = chosen.metrics.join('\n');
    const known = grown.get(key);
    if (known !== undefined) return known;
    const read = counterGrowth(session, { ...scope, metrics: chosen.metrics }).then((rows) =>
      rateCells(rows, groupOf),
    );
    grown.set(key, read);
    return read;
  };
  return {
    cells,
    async read(chosen) {
      const { reading } = chosen;
      if (reading.how === 'gauge')
        return readGauge(session, { ...scope, metrics: chosen.metrics }, chosen, groupOf);
      const values = rateValues(await cells(chosen), chosen, scope.grid, scope.end);
      if (reading.how !== 'requests' || reading.want !== 'latency' || hasValues(values)) return values;
      const own = { ...scope, metrics: chosen.metrics };
      const facts = new Map((await seriesFacts(session, own)).map((row) => [row.series, row]));
      return summaryValues(await gaugeRows(session, own), facts, reading.quantile ?? 0.95, groupOf);
    },
  };
}

async function readGauge(session: Session, scope: Scope, chosen: Chosen, groupOf: GroupOf): Promise<Values> {
  const facts = new Map((await seriesFacts(session, scope)).map((row) => [row.series, row]));
  return gaugeValues(await gaugeRows(session, scope), facts, chosen, groupOf);
}

function hasValues(values: Values): boolean {
  return [...values.values()].some((line) => line.size > 0);
}
