import { listParameter, type Session } from '../port-context.js';

/** What there is of one metric of one service in a period. */
export type InventoryRow = {
  readonly service: string;
  readonly metric: string;
  readonly unit: string;
  /** Index into `pointKinds`. */
  readonly kind: number;
  readonly temporality: number;
  readonly series: number;
  readonly last_us: number;
  readonly largest: number;
};

/** Metrics by service; all services when none is named. Times in microseconds. */
export function inventoryOf(
  session: Session,
  services: readonly string[] | undefined,
  start: number,
  end: number,
): Promise<InventoryRow[]> {
  return session.query<InventoryRow>(
    `SELECT service, metric, kind, max(temporality) AS temporality, any_value(unit) AS unit,
       approx_count_distinct(series)::DOUBLE AS series, max(time_us)::DOUBLE AS last_us, max(value) AS largest
     FROM points WHERE time_us >= ? AND time_us < ?
       ${services === undefined ? '' : 'AND service IN (SELECT unnest(?::VARCHAR[]))'}
     GROUP BY service, metric, kind ORDER BY service, metric`,
    [start, end, ...(services === undefined ? [] : [listParameter(services)])],
  );
}
