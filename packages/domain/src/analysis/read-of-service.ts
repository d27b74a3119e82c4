import { ToolError } from '@devops-mcp/contract';
import type { Answer } from '../answer.js';
import type { ServicesApi } from '../services.js';
import { unknownService } from './require-service.js';

export interface ServiceQuestion<T> {
  readonly service: string | undefined;
  readonly catalog: ServicesApi;
  /** What is answered for a service that is known and of which the backend has nothing. */
  readonly nothing: T;
  /** Names with metrics: known without a catalog too, and offered beside those of catalog and backend. */
  readonly seen?: () => Promise<readonly string[] | undefined>;
}

/**
 * Keeps two answers apart that a backend cannot: a service that nobody knows is `not_found` with the
 * closest names of catalog and telemetry; one that the catalog or metrics know and the backend does
 * not is `nothing`, with a hint that says where to look.
 */
export async function readOfService<T>(
  { service, catalog, nothing, seen }: ServiceQuestion<T>,
  read: () => Promise<Answer<T>>,
): Promise<Answer<T>> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'not_found' || service === undefined) throw error;
    if (catalog.get(service) === undefined) {
      const shown = (await seen?.()) ?? [];
      const known = catalog.list().map((entry) => entry.name);
      if (!shown.includes(service)) throw unknownService(service, [...known, ...closestOf(error), ...shown]);
      const hint = `${service} sends metrics, but there is nothing of it here.`;
      return { data: nothing, source: { backend: 'metrics' }, hints: [hint] };
    }
    const hint = `${service} is in the catalog but has no telemetry here. If telemetry calls it otherwise, set telemetry.serviceName in its devops-mcp.service.yaml.`;
    return { data: nothing, source: { backend: 'catalog' }, hints: [hint] };
  }
}

/** The names that the backend offers, by the convention of the ports. */
function closestOf({ details }: ToolError): readonly string[] {
  const known = details?.known;
  return Array.isArray(known) ? known.filter((name) => typeof name === 'string') : [];
}
