import type { DesiredState } from '@devops-mcp/domain';
import { areaOf, isDeployed } from './areas.js';
import { mainlineLog } from './commit-log.js';
import type { Manifests } from './manifests.js';
import { listTree, type Repository, type TreeEntry } from './repository.js';
import { insideOf, loadManifests, type ServicePath, unknownService } from './service-path.js';
import { desiredState } from './summary.js';

/** A service at one commit: its files, and what its manifests say. */
export interface ServiceState {
  readonly owner: ServicePath;
  readonly entries: readonly TreeEntry[];
  readonly manifests: Manifests;
  readonly desired: DesiredState;
}

/** Rejects with `not_found` when the service has no file at the commit. */
export async function serviceStateAt(
  repository: Repository,
  owner: ServicePath,
  commit: string,
  environment: string,
  signal: AbortSignal,
): Promise<ServiceState> {
  const entries = await listTree(repository.git, commit, [owner.path], signal);
  if (entries.length === 0) throw unknownService(owner.service, owner.path);
  const manifests = await loadManifests(repository, owner, entries, environment, signal);
  return { owner, entries, manifests, desired: desiredState(owner.service, commit, manifests) };
}

/** The newest commit on the branch, at or before `commit`, that is a deployment of the service. */
export async function deployedRevision(
  repository: Repository,
  owner: ServicePath,
  commit: string,
  signal: AbortSignal,
): Promise<string> {
  for (const most of [20, undefined]) {
    const log = await mainlineLog(repository.git, commit, [owner.path], signal, most);
    const found = log.find((one) =>
      one.files.some((file) => isDeployed(areaOf(insideOf(owner.path, file.path) ?? ''))),
    );
    if (found !== undefined) return found.id;
  }
  return commit;
}
