import type { CallContext } from '@devops-mcp/contract';
import {
  cutText,
  type Deployment,
  type DeploymentsApi,
  type ErrorGroup,
  fitTokens,
  frameAnswer,
  knownFields,
  type LogsApi,
  type MetricsApi,
  optionalAnswer,
  parsePeriod,
  readOfService,
  roundTo,
  type ServicesApi,
  showWindow,
  truncationField,
  type Window,
} from '@devops-mcp/domain';
import { explainNothing, namesFromMetrics } from '../search/explain-nothing.js';
import type { ErrorsAnswer } from '../tools/get-error-summary.js';
import { newSince, trendOf } from './judge-group.js';

export interface ErrorsCall extends CallContext {
  readonly input: {
    readonly service?: string | undefined;
    readonly environment: string;
    readonly period: string;
    readonly top: number;
    readonly maxTokens: number;
  };
  readonly ports: {
    readonly logs: LogsApi;
    readonly services: ServicesApi;
    readonly deployments: DeploymentsApi | undefined;
    readonly metrics: MetricsApi | undefined;
  };
}

const noErrors = { total: 0, lines: 0, groups: [] };

type Group = ErrorsAnswer['data']['groups'][number];

const sampleMax = 300;
const stackMax = 1_500;
const listMax = 3;

const deploymentsMax = 200;

/** Error groups with share, trend and the deployment since which they exist, fitted to the budget. */
export async function summariseErrors(call: ErrorsCall): Promise<ErrorsAnswer> {
  const { input, ports, now } = call;
  const { service, environment, top } = input;
  const { window, hints } = parsePeriod(input.period, now);
  const scope = service === undefined ? {} : { service };
  const [summary, history] = await Promise.all([
    readOfService(
      { service, catalog: ports.services, nothing: noErrors, seen: () => namesFromMetrics(call, window) },
      () => ports.logs.errorSummary({ ...scope, window, top }, call),
    ),
    optionalAnswer(
      { port: ports.deployments, name: 'deployments', environment, adds: 'newSinceDeployment' },
      call,
      (port) => port.history({ ...scope, window: twice(window), limit: deploymentsMax }, call),
    ),
  ]);
  const { total, lines, groups } = summary.data;
  const silent = lines === 0 && summary.data !== noErrors;
  const nothing = silent ? [await explainNothing({ service, environment, window }, ports, call)] : [];
  const none = total === 0 && lines > 0 ? [`No errors among ${lines} lines.`] : [];
  const notes = [...hints, ...(summary.hints ?? []), ...history.hints, ...nothing, ...none];
  const partial = [...(summary.partial ?? []), ...history.partial];
  const rows = groups.map((group, place) => rowOf(group, place, total, history.data, window));
  const covered = groups.reduce((sum, group) => sum + group.count, 0);
  const frame = frameAnswer({
    window: showWindow(window, now),
    source: summary.source,
    hints: notes,
    partial,
  });
  const fitted = fitTokens(rows, {
    maxTokens: input.maxTokens,
    reserved: frame.tokens,
    more: covered < total,
    howToGetMore: 'Raise top or maxTokens, or name a service.',
  });
  return {
    data: { total, lines, groups: [...fitted.rows] },
    ...frame.fields,
    ...truncationField(fitted.truncation ?? summary.truncation),
  };
}

function rowOf(
  group: ErrorGroup,
  place: number,
  total: number,
  deployments: readonly Deployment[] | undefined,
  window: Window,
): Group {
  const since = deployments === undefined ? undefined : newSince(group, deployments, window);
  return {
    fingerprint: group.fingerprint,
    service: group.service,
    type: group.type,
    template: cutText(group.template, sampleMax),
    count: group.count,
    share: total === 0 ? 0 : roundTo(group.count / total, 3),
    trend: trendOf(group),
    previousCount: group.previousCount,
    histogram: [...group.histogram],
    firstSeen: group.firstSeen.toISOString(),
    lastSeen: group.lastSeen.toISOString(),
    ...(since === undefined ? {} : { newSinceDeployment: since !== null }),
    ...(since ? { deployment: deploymentOf(since) } : {}),
    instances: shortened(group.instances),
    versions: shortened(group.versions),
    operations: shortened(group.operations),
    ...(group.sample === group.template ? {} : { sample: cutText(group.sample, sampleMax) }),
    // One stack trace is what a reader follows; the others are found by fingerprint and trace.
    ...(place === 0 && group.stackTrace !== null ? { stackTrace: cutText(group.stackTrace, stackMax) } : {}),
    traceIds: group.traceIds.slice(0, place === 0 ? 2 : 1),
  };
}

function deploymentOf({ id, time, version }: Deployment): NonNullable<Group['deployment']> {
  return knownFields({ id, time: time.toISOString(), version });
}

/** The window and the one before, in which the deployment may lie since which an error exists. */
function twice({ start, end }: Window): Window {
  return { start: new Date(2 * start.getTime() - end.getTime()), end };
}

function shortened(values: readonly string[]): string[] {
  const more = values.length - listMax;
  return more > 0 ? [...values.slice(0, listMax), `(+${more})`] : [...values];
}
