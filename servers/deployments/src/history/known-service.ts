import { type CallContext, ToolError } from '@devops-mcp/contract';
import { type DeploymentsApi, type ServicesApi, unknownService } from '@devops-mcp/domain';

export interface ServicePorts {
  readonly deployments: DeploymentsApi;
  readonly services: ServicesApi;
}

/**
 * Asks about one service. When the backend does not know it, the answer names the closest services;
 * one that the catalog knows keeps the backend's own answer, which says where it was looked for.
 */
export async function askAbout<T>(
  service: string,
  { deployments, services }: ServicePorts,
  context: CallContext,
  ask: (deployments: DeploymentsApi) => Promise<T>,
): Promise<T> {
  try {
    return await ask(deployments);
  } catch (error) {
    const isUnknown = error instanceof ToolError && error.code === 'not_found';
    if (!isUnknown || services.get(service) !== undefined) throw error;
    // A revision may be what was not found: then the service itself is known to the backend.
    const deployed = await deployments.history({ limit: 200 }, context).catch(() => undefined);
    const names = (deployed?.data ?? []).map((one) => one.service);
    if (names.includes(service)) throw error;
    throw unknownService(service, [...services.list().map((entry) => entry.name), ...names]);
  }
}
