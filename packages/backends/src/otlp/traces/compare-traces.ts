import type { CallContext } from '@devops-mcp/contract';
import type { Answer, OperationChange, Window } from '@devops-mcp/domain';
import { type OtlpPort, openSession, type Session, whenThereAreData, windowMicros } from '../port-context.js';
import { selfTime } from './self-time.js';

const most = 100;
const leastCalls = 3;
/** Changes of mean self time smaller than this many standard errors, or than this share, are noise. */
const standardErrors = 3;
const leastShare = 0.1;
const leastAddedUs = 500;

/** One operation of one instance in one period. */
type OperationRow = {
  readonly service: string;
  readonly operation: string;
  readonly instance: string | null;
  readonly calls: number;
  readonly mean_us: number;
  readonly deviation_us: number | null;
  readonly p95_us: number;
  readonly errors: number;
  readonly began: number;
  readonly peer: string | null;
};

interface Weighed {
  readonly now: OperationRow;
  readonly before: OperationRow | undefined;
  readonly addedUs: number;
  readonly addedErrors: number;
}

export interface Comparison {
  readonly operations: readonly OperationChange[];
  readonly traces: number;
  readonly baselineTraces: number;
}

/**
 * Implements `TracesApi.compare`. For each service, operation and instance: added time is the growth of
 * the mean self time per call times the calls now; added errors are the errors that begin in it beyond
 * the baseline's share. Time counts when it grew by three standard errors, a tenth and half a
 * millisecond. Blame is an operation's share of all added time and of all added errors, each weighing
 * half where there are both, so that it does not depend on how many traces were sampled.
 */
export async function compareTraces(
  port: OtlpPort,
  query: { readonly window: Window; readonly baseline: Window; readonly top: number },
  context: CallContext,
): Promise<Answer<Comparison>> {
  const session = await openSession(port, context);
  const now = await operationsIn(session, query.window);
  const before = await operationsIn(session, query.baseline);
  const known = new Map(before.rows.map((row) => [keyOf(row), row]));
  const merged = mergedByOperation(before.rows);
  const weighed = now.rows
    .filter((row) => row.calls >= leastCalls || row.began > 0)
    .map((row) => weigh(row, known.get(keyOf(row)) ?? merged.get(operationKey(row)), before.traces > 0));
  const top = Math.max(1, Math.min(query.top, most));
  const operations = blamed(weighed, session).slice(0, top);
  const hints = [...session.snapshot.hints];
  if (now.traces === 0) hints.push(whenThereAreData(session, ['spans'], 'spans'));
  else if (before.traces === 0) hints.push('There are no traces in the baseline: nothing to compare with.');
  return {
    data: { operations, traces: now.traces, baselineTraces: before.traces },
    source: session.source(),
    ...(weighed.length > top
      ? {
          truncation: {
            returned: operations.length,
            total: weighed.length,
            more: true,
            howToGetMore: 'Raise top; what is left out carries less blame.',
          },
        }
      : {}),
    ...(hints.length > 0 ? { hints } : {}),
  };
}

async function operationsIn(
  session: Session,
  window: Window,
): Promise<{ readonly rows: readonly OperationRow[]; readonly traces: number }> {
  const rows = await session.query<OperationRow & { traces: number }>(
    `WITH ${selfTime}
     SELECT service, operation, instance, count(*)::DOUBLE AS calls, avg(self_us) AS mean_us,
       stddev_samp(self_us) AS deviation_us, quantile_cont(self_us, 0.95)::DOUBLE AS p95_us,
       (count(*) FILTER (error))::DOUBLE AS errors, (count(*) FILTER (began))::DOUBLE AS began, min(peer) AS peer,
       (SELECT count(DISTINCT trace_id) FROM self)::DOUBLE AS traces
     FROM self GROUP BY service, operation, instance`,
    [...windowMicros(window)],
  );
  return { rows, traces: rows[0]?.traces ?? 0 };
}

function weigh(now: OperationRow, before: OperationRow | undefined, compared: boolean): Weighed {
  if (!compared) return { now, before, addedUs: 0, addedErrors: 0 };
  const mean = before?.mean_us ?? 0;
  const grown = now.mean_us - mean;
  const variance = (row: OperationRow | undefined) =>
    row === undefined ? 0 : (row.deviation_us ?? row.mean_us) ** 2 / row.calls;
  const noise = standardErrors * Math.sqrt(variance(now) + variance(before));
  const counts = grown > Math.max(noise, leastShare * mean, leastAddedUs);
  const expected = before === undefined ? 0 : (before.began / before.calls) * now.calls;
  const added = now.began - expected;
  return {
    now,
    before,
    addedUs: counts ? grown * now.calls : 0,
    // Two standard deviations of a count keep a handful of ordinary errors from taking all the blame.
    addedErrors: added > 2 * Math.sqrt(expected) ? added : 0,
  };
}

function blamed(weighed: readonly Weighed[], session: Session): readonly OperationChange[] {
  const time = weighed.reduce((sum, entry) => sum + entry.addedUs, 0);
  const errors = weighed.reduce((sum, entry) => sum + entry.addedErrors, 0);
  const half = time > 0 && errors > 0 ? 0.5 : 1;
  const share = (part: number, all: number) => (all > 0 ? (half * part) / all : 0);
  return weighed
    .map(({ now, before, addedUs, addedErrors }) => ({
      service: session.services.serviceOf(now.service),
      operation: now.operation,
      instance: now.instance,
      ...(now.peer === null ? {} : { peer: session.services.serviceOf(now.peer) }),
      calls: now.calls,
      previousCalls: before?.calls ?? 0,
      selfMsP95: now.p95_us / 1_000,
      previousSelfMsP95: (before?.p95_us ?? 0) / 1_000,
      errorShare: now.errors / now.calls,
      previousErrorShare: before === undefined ? 0 : before.errors / before.calls,
      blame: share(addedUs, time) + share(addedErrors, errors),
    }))
    .sort((a, b) => b.blame - a.blame || b.errorShare - a.errorShare || b.calls - a.calls);
}

/** An instance that is new is compared with the operation's other instances. */
function mergedByOperation(rows: readonly OperationRow[]): ReadonlyMap<string, OperationRow> {
  const merged = new Map<string, OperationRow>();
  for (const row of rows) {
    const other = merged.get(operationKey(row));
    merged.set(operationKey(row), other === undefined ? row : addRows(other, row));
  }
  return merged;
}

function addRows(a: OperationRow, b: OperationRow): OperationRow {
  const calls = a.calls + b.calls;
  return {
    ...a,
    instance: null,
    calls,
    mean_us: (a.mean_us * a.calls + b.mean_us * b.calls) / calls,
    deviation_us: Math.max(a.deviation_us ?? 0, b.deviation_us ?? 0),
    p95_us: Math.max(a.p95_us, b.p95_us),
    errors: a.errors + b.errors,
    began: a.began + b.began,
  };
}

function operationKey(row: OperationRow): string {
  return `${row.service}\n${row.operation}`;
}

function keyOf(row: OperationRow): string {
  return `${operationKey(row)}\n${row.instance ?? ''}`;
}
