import type { CallContext } from '@devops-mcp/contract';
import {
  cutText,
  fitTokens,
  frameAnswer,
  knownFields,
  type MetricsApi,
  parsePeriod,
  readOfService,
  roundTo,
  type ServicesApi,
  showWindow,
  type TraceSummary,
  type TracesApi,
  truncationField,
} from '@devops-mcp/domain';
import { explainNothing, namesFromMetrics } from '../search/explain-nothing.js';
import type { TracesAnswer } from '../tools/search-traces.js';

export interface FindTracesCall extends CallContext {
  readonly input: {
    readonly service?: string | undefined;
    readonly operation?: string | undefined;
    readonly environment: string;
    readonly period: string;
    readonly onlyErrors: boolean;
    readonly minDurationMs?: number | undefined;
    readonly order: 'slowest' | 'newest' | 'errors_first';
    readonly limit: number;
    readonly maxTokens: number;
  };
  readonly ports: {
    readonly traces: TracesApi;
    readonly services: ServicesApi;
    readonly metrics: MetricsApi | undefined;
  };
}

const noTraces = { total: 0, traces: [] };
const operationMax = 120;
const servicesMax = 8;

/** Summaries of traces in the order asked for, fitted to the budget. */
export async function findTraces(call: FindTracesCall): Promise<TracesAnswer> {
  const { input, ports, now } = call;
  const { service, operation, minDurationMs, environment } = input;
  const { window, hints } = parsePeriod(input.period, now);
  const found = await readOfService(
    { service, catalog: ports.services, nothing: noTraces, seen: () => namesFromMetrics(call, window) },
    () =>
      ports.traces.search(
        {
          window,
          onlyErrors: input.onlyErrors,
          order: input.order,
          limit: input.limit,
          ...(service === undefined ? {} : { service }),
          ...(operation === undefined ? {} : { operation }),
          ...(minDurationMs === undefined ? {} : { minDurationMs }),
        },
        call,
      ),
  );
  const empty = found.data.total === 0 && found.data !== noTraces;
  const nothing = empty ? [await explainNothing({ service, environment, window }, ports, call)] : [];
  const frame = frameAnswer({
    window: showWindow(window, now),
    source: found.source,
    hints: [...hints, ...(found.hints ?? []), ...nothing],
    partial: found.partial ?? [],
  });
  const fitted = fitTokens(found.data.traces.map(rowOf), {
    maxTokens: input.maxTokens,
    reserved: frame.tokens,
    total: found.data.total,
    howToGetMore: 'Raise limit or maxTokens, or narrow with operation, minDurationMs, onlyErrors or period.',
  });
  return {
    data: { total: found.data.total, traces: [...fitted.rows] },
    ...frame.fields,
    ...truncationField(fitted.truncation ?? found.truncation),
  };
}

function rowOf(trace: TraceSummary): TracesAnswer['data']['traces'][number] {
  const more = trace.services.length - servicesMax;
  const services = trace.services.slice(0, servicesMax);
  return knownFields({
    traceId: trace.traceId,
    rootService: trace.rootService,
    rootOperation: cutText(trace.rootOperation, operationMax),
    start: trace.start.toISOString(),
    durationMs: roundTo(trace.durationMs),
    spans: trace.spans,
    services: more > 0 ? [...services, `(+${more})`] : services,
    errors: trace.errors,
    errorService: trace.errorService,
  });
}
