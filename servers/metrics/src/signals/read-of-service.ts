import { type CallContext, ToolError } from '@devops-mcp/contract';
import {
  type Answer,
  type MetricsApi,
  type ServicesApi,
  unknownService,
  type Window,
} from '@devops-mcp/domain';

export interface KnownTo {
  readonly metrics: MetricsApi;
  readonly services: ServicesApi;
}

/**
 * Keeps two answers apart that a backend cannot: a service that nobody knows is `not_found` with the
 * closest names of catalog and telemetry; one that the catalog knows and the backend does not is
 * `nothing`, with a hint that says where to look.
 */
export async function readOfService<T>(
  { metrics, services }: KnownTo,
  { service, window, nothing }: { readonly service: string; readonly window: Window; readonly nothing: T },
  context: CallContext,
  read: () => Promise<Answer<T>>,
): Promise<Answer<T>> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'not_found') throw error;
    if (services.get(service) === undefined) {
      const seen = await metrics.services({ window }, context);
      throw unknownService(service, [...services.list().map((entry) => entry.name), ...seen.data]);
    }
    const hint = `${service} is in the catalog but has no telemetry here. If telemetry calls it otherwise, set telemetry.serviceName in its devops-mcp.service.yaml.`;
    return { data: nothing, source: { backend: 'metrics' }, hints: [hint] };
  }
}
