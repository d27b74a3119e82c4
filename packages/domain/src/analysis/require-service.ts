import { ToolError } from '@devops-mcp/contract';
import type { ServicesApi } from '../services.js';
import { closestNames } from './closest-names.js';

export interface ServiceSources {
  readonly service: string;
  readonly catalog: ServicesApi;
  /** Names with telemetry; asked only for a name that the catalog does not know. */
  readonly telemetry?: () => Promise<readonly string[]>;
}

/**
 * Rejects with `not_found`, naming the closest services of catalog and telemetry, when neither
 * knows the name. Tells where it is known otherwise.
 */
export async function requireService(sources: ServiceSources): Promise<{ readonly inCatalog: boolean }> {
  const { service, catalog } = sources;
  if (catalog.get(service) !== undefined) return { inCatalog: true };
  const seen = (await sources.telemetry?.()) ?? [];
  if (seen.includes(service)) return { inCatalog: false };
  throw unknownService(service, [...catalog.list().map((entry) => entry.name), ...seen]);
}

/** `not_found` for a service, with the closest known names in hint and details. */
export function unknownService(service: string, known: readonly string[]): ToolError {
  const closest = closestNames(service, known);
  const hint =
    closest.length > 0
      ? `Did you mean ${closest.join(', ')}?`
      : known.length > 0
        ? `Known services: ${[...new Set(known)].slice(0, 10).join(', ')}.`
        : 'No service is known: check catalog and telemetry in devops-mcp.yaml.';
  return new ToolError('not_found', `There is no service ${service} in the catalog or in telemetry.`, {
    hint,
    details: { known: closest },
  });
}
