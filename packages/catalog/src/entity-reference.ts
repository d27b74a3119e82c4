import { isRecord } from './record.js';

/** A reference in its full form, lower case: `group:default/team-payments`. Backstage compares without case. */
export type EntityRef = `${string}:${string}/${string}`;

const part = '[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?';
const namespacePart = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const entityName = new RegExp(`^${part}$`);
const namespaceName = new RegExp(`^${namespacePart}$`);
const pattern = new RegExp(`^(?:([A-Za-z][A-Za-z0-9]{0,62}):)?(?:(${namespacePart})/)?(${part})$`);

export function isEntityName(value: unknown): value is string {
  return typeof value === 'string' && entityName.test(value);
}

export function isNamespace(value: unknown): value is string {
  return typeof value === 'string' && namespaceName.test(value);
}

export function formatReference(kind: string, namespace: string, name: string): EntityRef {
  return `${kind.toLowerCase()}:${namespace.toLowerCase()}/${name.toLowerCase()}`;
}

/**
 * Reads `[kind:][namespace/]name` or the compound form `{ kind, namespace, name }`; what is left out
 * comes from the defaults. Undefined for anything else.
 * Source: Backstage, "Entity references".
 */
export function parseReference(
  value: unknown,
  defaults: { readonly kind?: string; readonly namespace: string },
): EntityRef | undefined {
  if (isRecord(value)) {
    const { kind, namespace, name } = value;
    const given = kind ?? defaults.kind;
    const space = namespace ?? defaults.namespace;
    if (typeof given !== 'string' || !isNamespace(space) || !isEntityName(name)) return undefined;
    return formatReference(given, space, name);
  }
  if (typeof value !== 'string') return undefined;
  const match = pattern.exec(value);
  const kind = match?.[1] ?? defaults.kind;
  if (match === null || kind === undefined || match[3] === undefined) return undefined;
  return formatReference(kind, match[2] ?? defaults.namespace, match[3]);
}
