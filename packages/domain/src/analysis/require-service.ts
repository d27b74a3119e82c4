import { ToolError } from '@devops-mcp/contract';
import type { ServicesApi } from '../services.js';
import { closestNames, didYouMean } from './closest-names.js';

export interface ServiceSources {
  readonly service: string;
  readonly catalog: ServicesApi;
  /**
   * Names that backends show; asked only for a name that the catalog does not know. Undefined when no
   * backend could say.
   */
  readonly telemetry?: () => Promise<readonly string[] | undefined>;
}

/**
 * Rejects with `not_found`, naming the closest services of catalog and telemetry, when neither
 * knows the name. Tells where it is known otherwise. Without a catalog and without a backend that lists
 * services there is nothing to check against, and any name passes.
 */
export async function requireService(sources: ServiceSources): Promise<{ readonly inCatalog: boolean }> {
  const { service, catalog } = sources;
  if (catalog.get(service) !== undefined) return { inCatalog: true };
  const seen = await sources.telemetry?.();
  if (seen?.includes(service)) return { inCatalog: false };
  if (seen === undefined && catalog.list().length === 0) return { inCatalog: false };
  throw unknownService(service, [...catalog.list().map((entry) => entry.name), ...(seen ?? [])]);
}

/** `not_found` for a service, with the closest known names in hint and details. */
export function unknownService(service: string, known: readonly string[]): ToolError {
  const closest = closestNames(service, known);
  const otherwise =
    known.length > 0
      ? `Known services: ${[...new Set(known)].slice(0, 10).join(', ')}.`
      : 'No service is known: check catalog and ports in devops-mcp.yaml.';
  return new ToolError(
    'not_found',
    `There is no service ${service} in the catalog or in what was observed.`,
    {
      hint: didYouMean(closest, otherwise),
      details: { known: closest },
    },
  );
}
