import type { CallContext } from '@devops-mcp/contract';
import type { Answer, MetricInfo, Window } from '@devops-mcp/domain';
import { pointKinds } from '../decode/rows.js';
import {
  dateOf,
  type OtlpPort,
  openSession,
  type Session,
  telemetryName,
  whenThereAreData,
  windowMicros,
} from '../port-context.js';
import { textRecord } from '../text-record.js';
import { inventoryOf } from './inventory.js';

const temporalities = [null, 'delta', 'cumulative'] as const;
const mostMetrics = 500;
const mostAttributes = 30;

/** Implements `MetricsApi.listMetrics`. */
export async function listMetrics(
  port: OtlpPort,
  query: { readonly service: string; readonly window: Window },
  context: CallContext,
): Promise<Answer<readonly MetricInfo[]>> {
  const session = await openSession(port, context, { tables: ['points'], services: [query.service] });
  const name = telemetryName(session, query.service);
  const [start, end] = windowMicros(query.window);
  const rows = await inventoryOf(session, [name], start, end);
  const attributes = await attributeKeys(session, name, start, end);
  const hints = [...session.snapshot.hints];
  if (rows.length === 0) hints.push(whenThereAreData(session, ['points'], 'metrics', name));
  return {
    data: rows.slice(0, mostMetrics).map((row) => ({
      name: row.metric,
      unit: row.unit,
      kind: pointKinds[row.kind] ?? 'gauge',
      temporality: temporalities[row.temporality] ?? null,
      attributes: attributes.get(row.metric) ?? [],
      series: row.series,
      lastSeen: dateOf(row.last_us),
    })),
    source: session.source(),
    ...(rows.length > mostMetrics
      ? {
          truncation: {
            returned: mostMetrics,
            total: rows.length,
            more: true,
            howToGetMore: 'Ask for a shorter period.',
          },
        }
      : {}),
    ...(hints.length > 0 ? { hints } : {}),
  };
}

/** Attribute names from a few attribute sets of each metric. */
async function attributeKeys(
  session: Session,
  name: string,
  start: number,
  end: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await session.query<{ metric: string; attributes: string }>(
    `SELECT metric, attributes FROM points
     WHERE service = ? AND time_us >= ? AND time_us < ? AND attributes IS NOT NULL GROUP BY metric, attributes
     QUALIFY row_number() OVER (PARTITION BY metric ORDER BY attributes) <= 20`,
    [name, start, end],
  );
  const keys = new Map<string, Set<string>>();
  for (const row of rows) {
    const known = keys.get(row.metric) ?? new Set<string>();
    for (const key of Object.keys(textRecord(row.attributes))) known.add(key);
    keys.set(row.metric, known);
  }
  return new Map([...keys].map(([metric, set]) => [metric, [...set].sort().slice(0, mostAttributes)]));
}
