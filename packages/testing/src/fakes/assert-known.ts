import { unknownService } from '@devops-mcp/domain';

/** As every backend does: rejects with `not_found` and the closest names. */
export function assertKnown(service: string | undefined, names: Iterable<string>): void {
  const known = [...new Set(names)];
  if (service !== undefined && !known.includes(service)) throw unknownService(service, known);
}
