import { type LogQuery, logLevels } from '@devops-mcp/domain';
import { micros } from '../port-context.js';
import type { Parameter } from '../store/duckdb.js';

/** A condition and the values of its `?`, in order. */
export interface Filter {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
}

const mostWords = 12;

/** The lines that a query asks for, whatever their order. `service` is telemetry's name. */
export function logFilter(query: Omit<LogQuery, 'service'>, service: string | undefined): Filter {
  const conditions: [string, ...Parameter[]][] = [
    ['time_us >= ? AND time_us < ?', micros(query.window.start), micros(query.window.end)],
  ];
  if (service !== undefined) conditions.push(['service = ?', service]);
  if (query.minLevel !== undefined) conditions.push(['level >= ?', logLevels.indexOf(query.minLevel)]);
  if (query.traceId !== undefined) conditions.push(['trace_id = ?', query.traceId.toLowerCase()]);
  for (const word of wordsOf(query.text ?? ''))
    conditions.push([`contains(lower(concat_ws(' ', body, type, stack)), ?)`, word]);
  if (query.pattern !== undefined)
    conditions.push([String.raw`body ILIKE ? ESCAPE '\'`, likeOf(query.pattern)]);
  return {
    sql: conditions.map(([sql]) => `(${sql})`).join(' AND '),
    parameters: conditions.flatMap(([, ...parameters]) => parameters),
  };
}

export function both(filter: Filter, sql: string, ...parameters: Parameter[]): Filter {
  return { sql: `${filter.sql} AND (${sql})`, parameters: [...filter.parameters, ...parameters] };
}

function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, mostWords);
}

/** A glob as a LIKE pattern: only `*` is special in what callers write. */
function likeOf(glob: string): string {
  return glob.replace(/[\\%_]/g, String.raw`\$&`).replaceAll('*', '%');
}
