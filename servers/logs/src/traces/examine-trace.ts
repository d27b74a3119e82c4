import { type CallContext, ToolError } from '@devops-mcp/contract';
import {
  cutText,
  estimateTokens,
  fitTokens,
  frameAnswer,
  optionalAnswer,
  roundTo,
  type Span,
  showWindow,
  summariseTrace,
  type TraceAnalysis,
  type TracesApi,
  truncationField,
} from '@devops-mcp/domain';
import type { TraceAnswer } from '../tools/get-trace.js';
import { describeSpan } from './describe-span.js';
import { judgeDuration } from './judge-duration.js';

export interface TraceCall extends CallContext {
  readonly input: {
    readonly traceId: string;
    readonly environment: string;
    readonly spanId?: string | undefined;
    readonly maxTokens: number;
  };
  readonly ports: { readonly traces: TracesApi };
}

type Data = TraceAnswer['data'];

/** "Typical" is what the operation did in the hours before the trace, and not during it. */
const typicalMs = 3 * 3_600_000;
/** Shorter stretches of the critical path are too many to read. */
const leastShare = 0.01;
const operationMax = 100;
const messageMax = 300;
const howToGetMore = 'Raise maxTokens; spanId gives one span whole.';

/** What can be said of one trace, the parts fitted to the budget: path, errors, services, calls. */
export async function examineTrace(call: TraceCall): Promise<TraceAnswer> {
  const { input, ports, now } = call;
  const found = await ports.traces.get({ traceId: input.traceId }, call);
  const analysis = summariseTrace(found.data);
  const root = analysis.root?.span;
  if (root === undefined)
    throw new ToolError('not_found', `There is no trace ${input.traceId}.`, {
      hint: 'Find traces with search_traces.',
    });
  const start = new Date(analysis.startUs / 1_000);
  const before = { start: new Date(start.getTime() - typicalMs), end: start };
  const typical = await optionalAnswer(
    {
      port: ports.traces,
      name: 'traces',
      environment: input.environment,
      adds: 'comparison with typical traces',
    },
    call,
    (traces) => traces.typical({ service: root.service, operation: root.operation, window: before }, call),
  );
  const span = input.spanId === undefined ? undefined : describeSpan(analysis, input.spanId);
  const fixed = {
    traceId: input.traceId,
    rootService: root.service,
    rootOperation: cutText(root.operation, operationMax),
    start: start.toISOString(),
    durationMs: roundTo(analysis.durationUs / 1_000),
    spans: analysis.spans,
    errors: analysis.errors.length,
    warnings: analysis.warnings.map(({ text }) => text),
    ...(typical.data ? { typical: judgeDuration(analysis.durationUs / 1_000, typical.data) } : {}),
    ...(span ? { span } : {}),
  };
  const end = new Date((analysis.startUs + analysis.durationUs) / 1_000);
  const frame = frameAnswer({
    window: showWindow({ start, end }, now),
    source: found.source,
    hints: [...(found.hints ?? []), ...typical.hints],
    partial: [...(found.partial ?? []), ...typical.partial],
  });
  const parts = fitParts(analysis, input.maxTokens - frame.tokens - estimateTokens(fixed));
  const { returned, total } = parts;
  return {
    data: { ...fixed, ...parts.data },
    ...frame.fields,
    ...truncationField(returned < total ? { returned, total, more: true, howToGetMore } : found.truncation),
  };
}

/** Each part has a share of the budget, and what one does not need goes to the next. */
function fitParts(analysis: TraceAnalysis, budget: number) {
  let left = budget;
  let returned = 0;
  let total = 0;
  const take = <T>(rows: readonly T[], share: number): T[] => {
    const fitted = fitTokens(rows, { maxTokens: left * share, reserved: 0, howToGetMore });
    left -= fitted.tokens;
    returned += fitted.rows.length;
    total += rows.length;
    return [...fitted.rows];
  };
  const errorSpans = take(analysis.errors.map(errorRow), 0.35);
  const longest = take(pathRows(analysis), 0.5);
  const timeByService = take(serviceRows(analysis), 0.5);
  const topology = take(hopRows(analysis), 1);
  const order = new Map(analysis.path.map(({ span }, place) => [span.spanId, place]));
  const criticalPath = longest.toSorted((a, b) => (order.get(a.spanId) ?? 0) - (order.get(b.spanId) ?? 0));
  return { data: { criticalPath, errorSpans, timeByService, topology }, returned, total };
}

/** Longest first, so that what is cut is what mattered least. */
function pathRows({ path, durationUs }: TraceAnalysis): Data['criticalPath'] {
  return path
    .filter(({ onPathUs }) => onPathUs >= durationUs * leastShare)
    .toSorted((a, b) => b.onPathUs - a.onPathUs)
    .map(({ span, onPathUs }) => ({
      spanId: span.spanId,
      service: span.service,
      operation: cutText(span.operation, operationMax),
      ms: roundTo(onPathUs / 1_000),
      share: shareOf(onPathUs, durationUs),
    }));
}

function errorRow({
  span,
  origin,
}: {
  readonly span: Span;
  readonly origin: boolean;
}): Data['errorSpans'][number] {
  return {
    spanId: span.spanId,
    service: span.service,
    operation: cutText(span.operation, operationMax),
    origin,
    message: cutText(errorMessage(span), messageMax),
  };
}

/** The status says least, the exception most (OpenTelemetry's semantic conventions for exceptions). */
function errorMessage(span: Span): string {
  const exception = span.events.find((event) => event.name === 'exception')?.attributes;
  const type = exception?.['exception.type'] ?? span.attributes['error.type'];
  const message = exception?.['exception.message'] ?? span.statusMessage;
  const status = span.attributes['http.response.status_code'] ?? span.attributes['rpc.grpc.status_code'];
  return [type, message, status ? `status ${status}` : undefined].filter((text) => text).join(': ');
}

function serviceRows({ services }: TraceAnalysis): Data['timeByService'] {
  const all = services.reduce((sum, { selfUs }) => sum + selfUs, 0);
  return services.map(({ service, selfUs, spans, errors }) => ({
    service,
    selfMs: roundTo(selfUs / 1_000),
    share: shareOf(selfUs, all),
    spans,
    errors,
  }));
}

function hopRows({ hops }: TraceAnalysis): Data['topology'] {
  return hops
    .toSorted((a, b) => b.totalUs - a.totalUs)
    .map(({ totalUs, ...hop }) => ({ ...hop, totalMs: roundTo(totalUs / 1_000) }));
}

function shareOf(part: number, whole: number): number {
  return whole > 0 ? roundTo(part / whole, 3) : 0;
}
