import type { CallContext } from '@devops-mcp/contract';
import {
  type InventoryPorts,
  requireService,
  type ServicesApi,
  servicesSeen,
  type Window,
} from '@devops-mcp/domain';

type Alerted = readonly { readonly service: string | null }[];

/**
 * Rejects with `not_found` for a service that neither the catalog nor alerts nor a backend that lists
 * services knows. That no alert names a service alone says that it is well.
 */
export async function requireAlertedService(
  service: string,
  alerted: Alerted | (() => Promise<Alerted>),
  ports: InventoryPorts & { readonly services: ServicesApi },
  window: Window,
  context: CallContext,
): Promise<void> {
  const telemetry = async () => {
    const found = typeof alerted === 'function' ? await alerted() : alerted;
    const names = found.flatMap((one) => one.service ?? []);
    if (names.includes(service)) return names;
    const seen = await servicesSeen(ports, window, context);
    return seen && [...names, ...seen];
  };
  await requireService({ service, catalog: ports.services, telemetry });
}
