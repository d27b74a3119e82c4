import { type ServiceMapping, ToolError } from '@devops-mcp/contract';
import { areaOf, determinesWhatRuns } from './areas.js';
import { type DocumentCache, type ManifestFile, type Manifests, readManifests } from './manifests.js';
import { type Repository, readBlobs, type TreeEntry } from './repository.js';

export interface ServicePath {
  readonly service: string;
  /** Folder in the repository, without a slash at its end. */
  readonly path: string;
}

const defaultFolder = 'services';

/** The service's folder: `gitops.path` of its own file, else `services/<service>`. */
export function servicePath(services: ServiceMapping, service: string): ServicePath {
  const set = services.setting(service, 'gitops.path');
  if (set === undefined) return { service, path: `${defaultFolder}/${service}` };
  if (typeof set === 'string' && isSafePath(set)) return { service, path: set.replace(/\/+$/, '') };
  throw new ToolError(
    'unavailable',
    `The setting gitops.path of ${service} is not a folder of a repository.`,
    {
      hint: 'Give a relative path such as services/payments-api, without `..`.',
    },
  );
}

/** A relative path that stays inside the tree and outside git's own files. */
export function isSafePath(path: string): boolean {
  const parts = path.replace(/\/+$/, '').split('/');
  const isPlain = path.length <= 500 && !path.includes('\\') && !path.includes('\0');
  return (
    isPlain && parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/^\.git$/i.test(part))
  );
}

/** Every service that the catalog or the tree knows; the tree's folders are named like their services. */
export async function allServicePaths(
  repository: Repository,
  services: ServiceMapping,
  head: string,
  signal: AbortSignal,
): Promise<readonly ServicePath[]> {
  const known = services.services().map((service) => servicePath(services, service));
  const taken = new Set(known.map(({ path }) => path));
  const output = await repository.git.text(
    ['ls-tree', '-d', '-z', '--name-only', '--full-tree', head, '--', `${defaultFolder}/`],
    { signal },
  );
  const found = output
    .split('\0')
    .filter((path) => path !== '' && !taken.has(path))
    .map((path) => ({ service: path.slice(defaultFolder.length + 1), path }));
  return [...known, ...found];
}

/** The path below the service's folder, or undefined for a file that is not in it. */
export function insideOf(folder: string, path: string): string | undefined {
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}

/** The files of a tree that `readManifests` is to read. */
function manifestEntries(folder: string, entries: readonly TreeEntry[]): readonly TreeEntry[] {
  return entries.filter((entry) => isManifest(folder, entry.path));
}

export function isManifest(folder: string, path: string): boolean {
  const inside = insideOf(folder, path);
  return inside !== undefined && /\.(ya?ml|json)$/i.test(path) && determinesWhatRuns(areaOf(inside));
}

/** Reads the manifests of one service from a tree. */
export async function loadManifests(
  repository: Repository,
  { service, path }: ServicePath,
  entries: readonly TreeEntry[],
  environment: string,
  signal: AbortSignal,
): Promise<Manifests> {
  const wanted = manifestEntries(path, entries);
  const blobs = await readBlobs(
    repository.git,
    wanted.map((entry) => entry.blob),
    signal,
  );
  return assembleManifests(wanted, blobs, service, environment);
}

export function assembleManifests(
  entries: readonly { readonly path: string; readonly blob: string }[],
  blobs: ReadonlyMap<string, Buffer>,
  service: string,
  environment: string,
  cache?: DocumentCache,
): Manifests {
  const files = entries.flatMap((entry): readonly ManifestFile[] => {
    const text = blobs.get(entry.blob)?.toString('utf8');
    return text === undefined ? [] : [{ path: entry.path, blob: entry.blob, text }];
  });
  return readManifests(files, service, environment, cache);
}

export function unknownService(service: string, path: string): ToolError {
  return new ToolError('not_found', `The GitOps repository has nothing for the service ${service}.`, {
    hint: `Expected at ${path}; set gitops.path in the service's own file if it lies elsewhere.`,
  });
}
