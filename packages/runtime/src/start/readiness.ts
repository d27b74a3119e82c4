import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ServerDefinition } from '@devops-mcp/contract';
import { assessReadiness, type Readiness } from '@devops-mcp/governance';
import type { Configuration } from '../configuration/load-configuration.js';
import { checkPin, type ToolsLock } from '../surface/pins.js';
import type { Surface } from '../surface/surface-of.js';
import { recentExposure } from './exposure-record.js';

/** Items 1 to 4 of the readiness checklist for this server under this configuration. */
export async function readinessOf(
  definition: ServerDefinition,
  configuration: Configuration,
  surface: Surface,
  lock: ToolsLock | undefined,
  now: Date,
): Promise<Readiness> {
  const registered = configuration.servers[definition.name];
  const pinned = lock?.servers[definition.name] !== undefined;
  return assessReadiness({
    identityConfigured: configuration.stdioSubject !== null,
    undescribed: surface.tools.filter(({ description }) => description.trim() === '').map(({ name }) => name),
    owner: registered?.owner ?? null,
    killSwitchOwner: registered?.killSwitchOwner ?? null,
    pinnedVersion: registered?.version ?? null,
    version: surface.version,
    unpinned: pinned
      ? surface.tools
          .filter((tool) => checkPin(lock, definition.name, tool) !== undefined)
          .map(({ name }) => name)
      : null,
    // A policy that cannot be read has stopped the start already.
    policyLoaded: true,
    auditWritable: await writable(configuration.auditDir),
    exposure: configuration.environments.some((environment) => environment.class === 'production')
      ? ((await recentExposure(configuration.stateDir, now)) ?? null)
      : null,
  });
}

/** Looks at the closest folder that exists, since the audit folder is made with the first record. */
async function writable(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return absent && dirname(folder) !== folder && (await writable(dirname(folder)));
  }
}
