import type { CallContext } from '@devops-mcp/contract';
import {
  type BaselineKind,
  baselineWindow,
  cutText,
  estimateTokens,
  fitTokens,
  frameAnswer,
  knownFields,
  type OperationChange,
  parsePeriod,
  roundTo,
  showWindow,
  type TracesApi,
  truncationField,
} from '@devops-mcp/domain';
import type { ComparisonAnswer } from '../tools/compare-traces.js';

export interface ComparisonCall extends CallContext {
  readonly input: {
    readonly environment: string;
    readonly period: string;
    readonly compareTo: BaselineKind;
    readonly top: number;
    readonly maxTokens: number;
  };
  readonly ports: { readonly traces: TracesApi };
}

const operationMax = 120;
/** With fewer traces on a side, a percentile of their parts says nothing. */
const fewTraces = 20;

/** Operations by the share of added time and errors that they account for. */
export async function compareWindows(call: ComparisonCall): Promise<ComparisonAnswer> {
  const { input, ports, now } = call;
  const { window, hints } = parsePeriod(input.period, now);
  const baseline = baselineWindow(window, input.compareTo);
  const found = await ports.traces.compare({ window, baseline, top: input.top }, call);
  const { traces, baselineTraces, operations } = found.data;
  const frame = frameAnswer({
    window: showWindow(window, now),
    source: found.source,
    hints: [...hints, ...(found.hints ?? []), ...evidenceHints(traces, baselineTraces, operations)],
    partial: found.partial ?? [],
  });
  const compared = {
    of: input.compareTo,
    start: baseline.start.toISOString(),
    end: baseline.end.toISOString(),
  };
  const fitted = fitTokens(operations.map(rowOf), {
    maxTokens: input.maxTokens,
    reserved: frame.tokens + estimateTokens(compared),
    ...(operations.length >= input.top ? { more: true } : {}),
    howToGetMore: 'Raise top or maxTokens.',
  });
  return {
    data: { traces, baselineTraces, baseline: compared, operations: [...fitted.rows] },
    ...frame.fields,
    ...truncationField(fitted.truncation ?? found.truncation),
  };
}

function rowOf(change: OperationChange): ComparisonAnswer['data']['operations'][number] {
  return knownFields({
    service: change.service,
    operation: cutText(change.operation, operationMax),
    instance: change.instance,
    peer: change.peer,
    blame: roundTo(change.blame, 3),
    calls: change.calls,
    previousCalls: change.previousCalls,
    selfMsP95: roundTo(change.selfMsP95),
    previousSelfMsP95: roundTo(change.previousSelfMsP95),
    errorShare: roundTo(change.errorShare, 3),
    previousErrorShare: roundTo(change.previousErrorShare, 3),
  });
}

/** "Nothing got worse" and "there is nothing to compare" are different answers. */
function evidenceHints(
  traces: number,
  baselineTraces: number,
  operations: readonly OperationChange[],
): readonly string[] {
  if (traces < fewTraces || baselineTraces < fewTraces)
    return [`Only ${traces} traces now and ${baselineTraces} before: not enough data to rely on.`];
  return operations.some((operation) => operation.blame > 0)
    ? []
    : ['No operation takes more time or fails more than before.'];
}
