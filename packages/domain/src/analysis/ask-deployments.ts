import { type CallContext, ToolError } from '@devops-mcp/contract';
import type { DeploymentsApi } from '../deployments.js';
import type { ServicesApi } from '../services.js';
import { unknownService } from './require-service.js';

export interface DeploymentPorts {
  readonly deployments: DeploymentsApi;
  readonly services: ServicesApi;
}

/** So many deployments are read for their services' names when one is not known. */
const searched = 200;

/**
 * Asks the deployments port about one service. When neither the port nor the catalog knows it, the
 * answer names the closest services; one that the catalog knows keeps the backend's own answer, which
 * says where it was looked for.
 */
export async function askDeployments<T>(
  service: string,
  { deployments, services }: DeploymentPorts,
  context: CallContext,
  ask: (deployments: DeploymentsApi) => Promise<T>,
): Promise<T> {
  try {
    return await ask(deployments);
  } catch (error) {
    const isUnknown = error instanceof ToolError && error.code === 'not_found';
    if (!isUnknown || services.get(service) !== undefined) throw error;
    // A revision may be what was not found: then the service itself is known to the backend.
    const deployed = await deployments.history({ limit: searched }, context).catch(() => undefined);
    const names = (deployed?.data ?? []).map((one) => one.service);
    if (names.includes(service)) throw error;
    throw unknownService(service, [...services.list().map((entry) => entry.name), ...names]);
  }
}
