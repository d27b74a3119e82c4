import type { Place, Report } from './catalog-problem.js';
import { type EntityRef, formatReference, isEntityName, isNamespace } from './entity-reference.js';
import type { CatalogFile } from './read-files.js';
import { isRecord } from './record.js';

/** The kinds that say something to this suite; others are left alone. */
const entityKinds = ['component', 'api', 'resource', 'system', 'domain', 'group', 'user'] as const;
type EntityKind = (typeof entityKinds)[number];

/** A Backstage entity, as far as it is read here. */
export interface Entity {
  readonly ref: EntityRef;
  readonly kind: EntityKind;
  readonly namespace: string;
  readonly name: string;
  readonly description: string | null;
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly links: readonly { readonly title: string; readonly url: string }[];
  readonly spec: Readonly<Record<string, unknown>>;
  readonly file: CatalogFile;
  readonly document: number;
}

const descriptionLength = 2_000;
const mostLinks = 50;

/**
 * Reads one YAML document. Undefined for a document that is no Backstage entity or of a kind not
 * read here, and, with a finding, for an entity without a usable name.
 * Source: Backstage, "Descriptor Format of Catalog Entities".
 */
export function readEntity(
  value: unknown,
  file: CatalogFile,
  document: number,
  report: Report,
): Entity | undefined {
  if (!isRecord(value) || typeof value.apiVersion !== 'string' || typeof value.kind !== 'string')
    return undefined;
  if (!value.apiVersion.startsWith('backstage.io/')) return undefined;
  const kind = entityKinds.find((known) => known === String(value.kind).toLowerCase());
  if (kind === undefined) return undefined;
  const at = (...path: (string | number)[]): Place => ({ file, document, path });
  const metadata = isRecord(value.metadata) ? value.metadata : {};
  const { name, namespace = 'default' } = metadata;
  if (!isEntityName(name) || !isNamespace(namespace)) {
    const field = isEntityName(name) ? 'namespace' : 'name';
    report({
      code: 'invalid_entity',
      message: `This ${value.kind} has no usable metadata.${field}; it was left out.`,
      hint: 'Use 1 to 63 letters and digits, possibly separated by "-", "_" or "."; quote numbers.',
      place: at('metadata', field),
    });
    return undefined;
  }
  return {
    ref: formatReference(kind, namespace, name),
    kind,
    namespace: namespace.toLowerCase(),
    name,
    description:
      typeof metadata.description === 'string' ? metadata.description.slice(0, descriptionLength) : null,
    annotations: readStrings(metadata.annotations, at('metadata', 'annotations'), report),
    labels: readStrings(metadata.labels, at('metadata', 'labels'), report),
    links: readLinks(metadata.links),
    spec: isRecord(value.spec) ? value.spec : {},
    file,
    document,
  };
}

/** Backstage allows strings alone, and a number that lost its quotes would name something else. */
function readStrings(value: unknown, place: Place, report: Report): Readonly<Record<string, string>> {
  if (!isRecord(value)) return {};
  const strings: [string, string][] = [];
  for (const [key, text] of Object.entries(value)) {
    if (typeof text === 'string') strings.push([key, text]);
    else
      report({
        code: 'invalid_entity',
        message: `${place.path.join('.')}.${key.slice(0, 100)} is not a string; it was left out.`,
        hint: 'Put the value in quotes.',
        place: { ...place, path: [...place.path, key] },
      });
  }
  return Object.fromEntries(strings);
}

function readLinks(value: unknown): readonly { readonly title: string; readonly url: string }[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, mostLinks)
    .filter(isRecord)
    .flatMap(({ url, title }) =>
      typeof url === 'string' ? [{ url, title: typeof title === 'string' ? title : url }] : [],
    );
}
