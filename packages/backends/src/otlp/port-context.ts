import { type CallContext, type ServiceMapping, type Source, ToolError } from '@devops-mcp/contract';
import { closestNames, type Window } from '@devops-mcp/domain';
import type { Parameter, Row } from './store/duckdb.js';
import { type TableName, tableNames } from './store/tables.js';
import type { Snapshot, Telemetry } from './store/telemetry.js';

/** What every port of this backend is made from. */
export interface OtlpPort {
  readonly telemetry: Telemetry;
  readonly services: ServiceMapping;
  /** What the port's calls ask about; a call waits for these tables and no others. */
  readonly tables: readonly TableName[];
}

/** One call's view of the telemetry, which also remembers the statements that were run. */
export interface Session {
  query<R extends Row>(sql: string, parameters: readonly Parameter[]): Promise<R[]>;
  /** Of the tables that were asked for so far. */
  readonly snapshot: Snapshot;
  /** Reads more tables, for the few calls that turn out to need them. */
  need(tables: readonly TableName[]): Promise<void>;
  readonly services: ServiceMapping;
  readonly context: CallContext;
  /** The main statement, for the answer's `source`. Parameters are shown as `?`. */
  source(): Source;
}

const longestQuery = 1_500;

export interface SessionNeeds {
  /** Instead of the tables of the port. */
  readonly tables?: readonly TableName[];
  /** Services that are asked about. Where the tables do not know one, all others are read before it is refused. */
  readonly services?: readonly string[];
}

export async function openSession(
  port: OtlpPort,
  context: CallContext,
  needs: SessionNeeds = {},
): Promise<Session> {
  let snapshot = await port.telemetry.snapshot(needs.tables ?? port.tables, context);
  const need = async (tables: readonly TableName[]) => {
    if (tables.every((table) => snapshot.tables.includes(table))) return;
    snapshot = await port.telemetry.snapshot([...snapshot.tables, ...tables], context);
  };
  const names = new Set(snapshot.extents.map((extent) => extent.service));
  const asked = needs.services?.map((service) => port.services.telemetryName(service)) ?? [];
  if (!asked.every((name) => names.has(name))) await need(tableNames);
  const statements: string[] = [];
  return {
    get snapshot() {
      return snapshot;
    },
    need,
    services: port.services,
    context,
    query(sql, parameters) {
      statements.push(sql.replace(/\s+/g, ' ').trim());
      return snapshot.query(sql, parameters);
    },
    source: () => ({ backend: 'otlp', query: shown(statements) }),
  };
}

/** A service's name in telemetry. Throws `not_found` with the closest known names when there is nothing of it. */
export function telemetryName(session: Session, service: string): string {
  const name = session.services.telemetryName(service);
  const { extents } = session.snapshot;
  if (extents.some((extent) => extent.service === name)) return name;
  const known = [...new Set(extents.map((extent) => session.services.serviceOf(extent.service)))];
  const near = closestNames(service, known);
  const closest = near.length > 0 ? near : known.slice(0, 3);
  const inCatalog = session.services.services().includes(service);
  throw new ToolError(
    'not_found',
    inCatalog
      ? `The service ${service} is in the catalog but has sent no telemetry.`
      : `No telemetry knows the service ${service}.`,
    {
      hint:
        closest.length > 0
          ? `Closest known: ${closest.join(', ')}.`
          : 'The telemetry folder holds no services.',
      details: { known: closest },
    },
  );
}

/** Says when there are data, for an answer that found none in its window. */
export function whenThereAreData(
  session: Session,
  tables: readonly TableName[],
  what: string,
  name?: string,
): string {
  const { extents } = session.snapshot;
  const found = extents.filter(
    (extent) => tables.includes(extent.table) && (name === undefined || extent.service === name),
  );
  if (found.length === 0) return `There are no ${what} at all in the telemetry folder.`;
  const first = Math.min(...found.map((extent) => extent.firstUs));
  const last = Math.max(...found.map((extent) => extent.lastUs));
  return `No ${what} in this window; there are ${what} from ${iso(first)} to ${iso(last)}.`;
}

export function micros(date: Date): number {
  return date.getTime() * 1_000;
}

export function dateOf(us: number): Date {
  return new Date(Math.floor(us / 1_000));
}

export function windowMicros(window: Window): readonly [number, number] {
  return [micros(window.start), micros(window.end)];
}

/** A list as a parameter: DuckDB reads its text form in a cast, such as `?::VARCHAR[]`. */
export function listParameter(values: readonly (string | number)[]): string {
  return JSON.stringify(values);
}

function iso(us: number): string {
  return dateOf(us).toISOString();
}

function shown(statements: readonly string[]): string {
  const text = statements.join(';\n');
  return text.length <= longestQuery ? text : `${text.slice(0, longestQuery)} ...`;
}
