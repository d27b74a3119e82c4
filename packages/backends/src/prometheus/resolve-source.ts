import type { Window } from '@devops-mcp/domain';
import type { Chosen, Source } from './choose-source.js';
import type { Failure } from './meters.js';
import type { PrometheusConfig } from './prometheus-config.js';
import { type Matcher, selector } from './promql.js';
import type { Session } from './session.js';

/** A metric with the labels that its series have. */
export interface ResolvedSource extends Source {
  readonly labels: readonly string[];
  /** Disjoint conditions, each of which marks failed requests; empty where no label says so. */
  readonly failed: readonly (readonly Matcher[])[];
}

export interface Resolved extends Omit<Chosen, 'sources'> {
  readonly sources: readonly ResolvedSource[];
}

const instanceLabels = [
  'pod',
  'k8s_pod_name',
  'kubernetes_pod_name',
  'pod_name',
  'service_instance_id',
  'instance',
  'host_name',
];
const versionLabels = [
  'version',
  'service_version',
  'destination_version',
  'destination_canonical_revision',
  'app_kubernetes_io_version',
  'app_version',
];
const methodLabels = [
  'http_request_method',
  'http_method',
  'method',
  'request_method',
  'rpc_service',
  'grpc_service',
];
const operationLabels = [
  'http_route',
  'rpc_method',
  'grpc_method',
  'span_name',
  'uri',
  'route',
  'handler',
  'path',
  'request_operation',
  'operation',
];

/** Looks up which labels the series have, so that outcome, instance and the like are found by the right one. */
export async function resolveSource(
  session: Session,
  chosen: Chosen,
  who: readonly Matcher[],
  window: Window,
): Promise<Resolved> {
  const sources: ResolvedSource[] = [];
  for (const source of chosen.sources) {
    const reporter = await reporterOf(session, chosen, source, who, window);
    const only = [...source.only, ...reporter];
    const labels = await labelsOf(session, source, [...session.fixed, ...who, ...only], window);
    sources.push({ ...source, only, labels, failed: failedOf(source.failures, labels) });
  }
  return { ...chosen, sources };
}

/** True where the outcome of requests is asked for and nothing tells it. */
export function isBlind({ reading, sources }: Resolved): boolean {
  return (
    reading.how === 'requests' &&
    reading.want === 'errors' &&
    sources.every((source) => source.failed.length === 0)
  );
}

/** The labels that stand for a grouping, in the order in which their values are shown. */
export function labelsFor(
  config: PrometheusConfig,
  grouping: 'instance' | 'operation' | 'version',
  { sources }: Resolved,
): readonly string[] {
  const present = new Set(sources.flatMap((source) => source.labels));
  const own = config.labels[grouping];
  if (own !== undefined) return [own];
  const first = (names: readonly string[]) => names.filter((name) => present.has(name)).slice(0, 1);
  if (grouping === 'instance') return first(instanceLabels);
  if (grouping === 'version') return first(versionLabels);
  const operation = operationLabels.filter((name) => present.has(name));
  // HTTP and RPC in one service have an operation in a label each.
  const shown = sources.length > 1 ? operation : operation.slice(0, 1);
  return shown.length === 0 ? [] : [...first(methodLabels), ...shown];
}

async function labelsOf(
  session: Session,
  { name }: Source,
  matchers: readonly Matcher[],
  window: Window,
): Promise<readonly string[]> {
  const match = selector(name, matchers);
  return session.port.cache.get(
    `labels ${match} ${hourOf(window)}`,
    () => session.labelNames([match], window),
    (found) => found.length > 0,
  );
}

/** A mesh reports each request at its source and at its destination; one of them is counted. */
async function reporterOf(
  session: Session,
  chosen: Chosen,
  source: Source,
  who: readonly Matcher[],
  window: Window,
): Promise<readonly Matcher[]> {
  if (chosen.identity.family !== 'istio') return [];
  const match = selector(source.name, [...session.fixed, ...who]);
  const reporters = await session.port.cache.get(`reporters ${match} ${hourOf(window)}`, () =>
    session.labelValues('reporter', [match], window),
  );
  const best = ['destination', 'waypoint', 'source'].find((name) => reporters.includes(name));
  return best === undefined ? [] : [{ label: 'reporter', op: '=', value: best }];
}

function failedOf(failures: readonly Failure[], labels: readonly string[]): readonly (readonly Matcher[])[] {
  const deciding = failures.find(({ label }) => labels.includes(label));
  if (deciding === undefined) return [];
  const { label, op, value } = deciding;
  const marked: readonly Matcher[] = [{ label, op, value }];
  const other = deciding.else;
  if (other === undefined || !labels.includes(other.label)) return [marked];
  const not = op === '=' ? '!=' : '!~';
  const first: Matcher = other.where === 'empty' ? { label, op: '=', value: '' } : { label, op: not, value };
  return [marked, [first, { label: other.label, op: other.op, value: other.value }]];
}

/** Labels seldom change: one answer serves windows that end in the same hour. */
export function hourOf({ start, end }: Window): string {
  return `${Math.floor(start.getTime() / 3_600_000)}-${Math.floor(end.getTime() / 3_600_000)}`;
}
