import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { BackendContext, RiskTier } from '@devops-mcp/contract';
import type { GitopsConfig } from './gitops-config.js';
import { openRepository } from './repository.js';

/**
 * What could be applied with `write`: 3 when it is the repository that production follows, under
 * whatever path, or when its branches lie in that repository's files; 2 for another repository,
 * which takes branches for review; 4 when it cannot be told. 1 without `write`.
 */
export async function reachOfWrite(context: BackendContext<GitopsConfig>): Promise<RiskTier> {
  const { config } = context;
  if (config.write === undefined) return 1;
  const signal = AbortSignal.timeout(10_000);
  try {
    const [desired, writable] = await Promise.all([
      openRepository(context.resolvePath(config.path), config.branch, signal),
      openRepository(context.resolvePath(config.write.path), config.branch, signal),
    ]);
    const own = desired.git.directory;
    if (writable.git.directory === own) return 3;
    const places = await Promise.all(
      [['refs'], ['refs', 'heads'], ['packed-refs'], ['refs', 'heads', ...config.branch.split('/')]].map(
        (parts) => realpath(join(writable.git.directory, ...parts)).catch(() => undefined),
      ),
    );
    const shared = places.some((place) => place !== undefined && `${place}${sep}`.startsWith(`${own}${sep}`));
    const nested = `${writable.git.directory}${sep}`.startsWith(`${own}${sep}`);
    return shared || nested ? 3 : 2;
  } catch {
    return 4;
  }
}
