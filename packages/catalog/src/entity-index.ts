import { closestNames } from '@devops-mcp/domain';
import type { Report } from './catalog-problem.js';
import type { Entity } from './entity.js';
import { type EntityRef, parseReference } from './entity-reference.js';

/** All entities by reference, and the one way in which a field's references are resolved. */
export interface EntityIndex {
  readonly entities: readonly Entity[];
  get(ref: EntityRef): Entity | undefined;
  /** The entities that a field of `spec` names; broken references are reported and left out. */
  resolve(entity: Entity, field: string, defaultKind?: string): readonly ResolvedReference[];
}

export interface ResolvedReference {
  readonly target: Entity;
  /** Place in `spec`: a field, or a field and a number in its list. */
  readonly path: readonly (string | number)[];
}

export function indexEntities(found: readonly Entity[], report: Report): EntityIndex {
  const byRef = new Map<EntityRef, Entity>();
  for (const entity of found) {
    const first = byRef.get(entity.ref);
    if (first === undefined) byRef.set(entity.ref, entity);
    else
      report({
        code: 'duplicate_name',
        message: `${entity.ref} is declared twice; the one in ${first.file.path} is used.`,
        hint: 'Rename one of the two or remove it.',
        place: { file: entity.file, document: entity.document, path: ['metadata', 'name'] },
      });
  }
  return {
    entities: [...byRef.values()],
    get: (ref) => byRef.get(ref),
    resolve: (entity, field, defaultKind) =>
      valuesOf(entity, field).flatMap(({ value, path }) => {
        const target = lookUp(byRef, entity, value, defaultKind);
        if (typeof target === 'object') return [{ target, path }];
        const place = { file: entity.file, document: entity.document, path: ['spec', ...path] };
        report({
          code: 'broken_reference',
          message: `spec.${field}: ${target}`,
          hint: hintFor(byRef, value),
          place,
        });
        return [];
      }),
  };
}

function valuesOf(entity: Entity, field: string): readonly { value: unknown; path: (string | number)[] }[] {
  const value = Object.hasOwn(entity.spec, field) ? entity.spec[field] : undefined;
  if (value === undefined || value === null) return [];
  return Array.isArray(value)
    ? value.map((item: unknown, index) => ({ value: item, path: [field, index] }))
    : [{ value, path: [field] }];
}

function lookUp(
  byRef: ReadonlyMap<EntityRef, Entity>,
  entity: Entity,
  value: unknown,
  defaultKind: string | undefined,
): Entity | string {
  const defaults = {
    namespace: entity.namespace,
    ...(defaultKind === undefined ? {} : { kind: defaultKind }),
  };
  const ref = parseReference(value, defaults);
  if (ref !== undefined) return byRef.get(ref) ?? `${ref} does not exist.`;
  const bare = parseReference(value, { ...defaults, kind: 'component' });
  return bare === undefined
    ? 'this is not an entity reference.'
    : `${String(value)} names no kind, and this field takes several.`;
}

function hintFor(byRef: ReadonlyMap<EntityRef, Entity>, value: unknown): string {
  const text = typeof value === 'string' ? value.slice(0, 130).toLowerCase() : '';
  const name = text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf(':')) + 1);
  const near = new Set(
    closestNames(
      name,
      [...byRef.values()].map((entity) => entity.name),
    ),
  );
  const refs = [...byRef.values()].filter((entity) => near.has(entity.name)).map((entity) => entity.ref);
  return refs.length === 0
    ? 'Write kind:namespace/name of an entity that the catalog has, or add that entity.'
    : `Did you mean ${refs.slice(0, 3).join(' or ')}?`;
}
