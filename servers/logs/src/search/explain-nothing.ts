import type { CallContext } from '@devops-mcp/contract';
import {
  type LogsApi,
  type MetricsApi,
  optionalAnswer,
  requireService,
  type ServicesApi,
  type TracesApi,
  type Window,
} from '@devops-mcp/domain';

export interface NothingPorts {
  readonly services: ServicesApi;
  readonly logs?: LogsApi;
  readonly traces?: TracesApi;
  readonly metrics: MetricsApi | undefined;
}

export interface NothingFound {
  readonly service: string | undefined;
  readonly environment: string;
  readonly window: Window;
}

/**
 * Says what an empty answer means: nothing matches, or there is nothing at all in the window. A
 * service that the catalog does not know and of which there is no telemetry either is rejected with
 * `not_found` and the closest names, for backends that cannot tell it from a silent one.
 */
export async function explainNothing(
  { service, environment, window }: NothingFound,
  ports: NothingPorts,
  context: CallContext,
): Promise<string> {
  const [things, count] = await countAll(service, window, ports, context);
  const whose = service === undefined ? '' : ` of ${service}`;
  if (count > 0) return `Nothing matches; there are ${count} ${things}${whose} in this window.`;
  const call = { ...context, input: { environment }, ports };
  const telemetry = () => namesFromMetrics(call, window);
  if (service !== undefined) await requireService({ service, catalog: ports.services, telemetry });
  return `There are no ${things}${whose} at all in this window; try a longer period.`;
}

/** Only to offer names: why metrics are missing or failing is of no interest here. */
export async function namesFromMetrics(
  call: CallContext & {
    readonly input: { readonly environment: string };
    readonly ports: { readonly metrics: MetricsApi | undefined };
  },
  window: Window,
): Promise<readonly string[] | undefined> {
  const { environment } = call.input;
  const question = { port: call.ports.metrics, name: 'metrics', environment, adds: 'names of services' };
  const answer = await optionalAnswer(question, call, (metrics) => metrics.services({ window }, call));
  return answer.data;
}

async function countAll(
  service: string | undefined,
  window: Window,
  { logs, traces }: NothingPorts,
  context: CallContext,
): Promise<readonly ['lines' | 'traces', number]> {
  const scope = service === undefined ? { window } : { window, service };
  if (traces !== undefined) {
    const found = await traces.search({ ...scope, order: 'newest', limit: 1 }, context);
    return ['traces', found.data.total];
  }
  const nothing = { order: 'newest', groupRepeats: false, before: 0, after: 0, limit: 1 } as const;
  const found = await logs?.search({ ...scope, ...nothing }, context);
  return ['lines', found?.data.total ?? 0];
}
