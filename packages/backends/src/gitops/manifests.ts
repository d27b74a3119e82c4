import { isRecord } from '../record.js';
import { asList, at, type Place, parseDocuments } from './document.js';
import { readHelmValues } from './helm.js';
import { readKubernetes, workloadNames } from './kubernetes.js';
import { readKustomization } from './kustomize.js';
import { type Draft, emptyDraft, type Manifests } from './manifest-draft.js';

export type { Manifests } from './manifest-draft.js';

export interface ManifestFile {
  readonly path: string;
  readonly blob: string;
  readonly text: string;
}

export type DocumentCache = Map<string, readonly unknown[] | undefined>;

interface Source {
  readonly place: Omit<Place, 'keys'>;
  readonly document: unknown;
}

/**
 * Reads plain Kubernetes manifests, Kustomize overlays and Helm values, in the order in which the
 * tools apply them. Overlays and values of other environments are left out.
 */
export function readManifests(
  files: readonly ManifestFile[],
  service: string,
  environment: string,
  cache: DocumentCache = new Map(),
): Manifests {
  const unreadable: string[] = [];
  const sources = files
    .filter((file) => concerns(file.path, environment))
    .toSorted((a, b) => rank(a.path) - rank(b.path) || (a.path < b.path ? -1 : 1))
    .flatMap((file): readonly Source[] => {
      if (!cache.has(file.blob)) cache.set(file.blob, parseDocuments(file.text));
      const documents = cache.get(file.blob);
      // Charts hold templates, which become YAML only when Helm renders them.
      if (documents === undefined && !file.text.includes('{{')) unreadable.push(file.path);
      return (documents ?? []).map((document, index) => ({
        place: { path: file.path, document: index },
        document,
      }));
    });
  const draft = emptyDraft(service, mainWorkload(sources, service));
  for (const source of sources) readSource(draft, source);
  draft.unreadable = unreadable;
  return draft;
}

/** The tag after the last colon of an image name, a digest shortened; null when there is neither. */
export function versionOf(image: string | undefined): string | null {
  if (image === undefined) return null;
  const [name = '', digest] = image.split('@');
  const tag = /:([^:/]+)$/.exec(name.slice(name.lastIndexOf('/') + 1))?.[1];
  return tag ?? /^sha256:[0-9a-f]{12}/.exec(digest ?? '')?.[0] ?? null;
}

function readSource(draft: Draft, { place, document }: Source): void {
  const name = fileName(place.path);
  if (isValuesFile(name)) readHelmValues(draft, document, place);
  else if (/^kustomization\.ya?ml$/.test(name) || at(document, 'kind') === 'Kustomization')
    readKustomization(draft, document, place);
  else if (at(document, 'kind') === 'List') {
    for (const [index, item] of asList(at(document, 'items')).entries())
      readKubernetes(draft, item, place, ['items', index]);
  } else if (isRecord(document)) readKubernetes(draft, document, place, []);
}

/** The workload named like the service, else the one whose name contains it, else the first. */
function mainWorkload(sources: readonly Source[], service: string): string | undefined {
  const names = sources.flatMap((source) => workloadNames(source.document));
  return names.find((name) => name === service) ?? names.find((name) => name.includes(service)) ?? names[0];
}

function concerns(path: string, environment: string): boolean {
  const overlay = /(?:^|\/)(?:overlays|environments|envs)\/([^/]+)\//.exec(path)?.[1];
  if (overlay !== undefined && overlay !== environment) return false;
  const values = /^values[-.](.+)\.ya?ml$/.exec(fileName(path))?.[1];
  return values === undefined || values === environment;
}

function rank(path: string): number {
  const name = fileName(path);
  const overlay = /(?:^|\/)(?:overlays|environments|envs)\//.test(path) ? 10 : 0;
  if (/^values\.ya?ml$/.test(name)) return overlay + 1;
  if (isValuesFile(name)) return overlay + 2;
  return overlay + (/^kustomization\.ya?ml$/.test(name) ? 3 : 0);
}

function isValuesFile(name: string): boolean {
  return /^values([-.][^/]+)?\.ya?ml$/.test(name);
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
