import { isAtomic, listKeys } from './list-keys.js';
import {
  difference,
  entryOf,
  fieldsSaid,
  inOrder,
  intersection,
  isOf,
  isOwner,
  itemKey,
  owning,
  pathsOf,
  union,
  type Writer,
} from './managed-fields.js';
import { type Fields, isRecord, type KubeObject, type ManagedFields, sameJson, withAt } from './object.js';
import { applyConflict } from './status.js';

/**
 * Server-side apply. Fields that another manager owns with another value are 409 unless forced; fields that this
 * manager applied before and leaves out now go, unless somebody else owns them too.
 */
export function applied(
  live: KubeObject | undefined,
  config: KubeObject,
  writer: Writer,
  force: boolean,
): KubeObject {
  const wanted = fieldsSaid(config);
  if (live === undefined) return withManagers(config, [entryOf(writer, 'Apply', wanted)]);
  const entries = live.metadata.managedFields ?? [];
  const mine = entries.find((each) => isOf(each, writer, 'Apply'));
  const others = entries.filter((each) => each !== mine);
  const differing = differingFields(wanted, live, config);
  const conflicts = others
    .map((entry) => ({ entry, fields: intersection(entry.fieldsV1, differing) }))
    .filter(({ fields }) => pathsOf(fields).length > 0);
  if (conflicts.length > 0 && !force)
    throw applyConflict(conflicts.flatMap(({ entry, fields }) => causesOf(entry, fields)));
  const dropped = difference(
    mine?.fieldsV1 ?? {},
    union(
      wanted,
      others.reduce((all: Fields, each) => union(all, each.fieldsV1), {}),
    ),
  );
  const merged = mergeApplied(without(live, dropped, '', []), config, '', []);
  const left = others.map((entry) =>
    owning(entry, force ? difference(entry.fieldsV1, differing) : entry.fieldsV1),
  );
  // Boundary: a live object with a config of the same kind merged into it.
  return withManagers(
    merged as KubeObject,
    inOrder([...left.filter(isOwner), entryOf(writer, 'Apply', wanted)]),
  );
}

function withManagers(object: KubeObject, managers: readonly ManagedFields[]): KubeObject {
  return withAt(object, ['metadata', 'managedFields'], managers);
}

function causesOf({ manager, operation, apiVersion, subresource }: ManagedFields, fields: Fields) {
  const using = operation === 'Update' ? ` using ${apiVersion}` : '';
  const part = subresource === undefined ? '' : ` with subresource "${subresource}"`;
  return pathsOf(fields).map((field) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with "${manager}"${part}${using}`,
    field,
  }));
}

function differingFields(
  fields: Fields,
  live: unknown,
  config: unknown,
  field = '',
  parents: readonly string[] = [],
): Fields {
  const result: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(fields)) {
    if (key === '.') continue;
    const [a, b] = [child(live, key, field, parents), child(config, key, field, parents)];
    const below = isRecord(inner) ? inner : {};
    if (Object.keys(below).length === 0) {
      if (!sameJson(a, b)) result[key] = {};
      continue;
    }
    const name = key.startsWith('f:') ? key.slice(2) : field;
    const found = differingFields(below, a, b, name, [...parents, field]);
    if (Object.keys(found).length > 0) result[key] = found;
  }
  return result;
}

function child(value: unknown, key: string, field: string, parents: readonly string[]): unknown {
  if (key.startsWith('f:')) return isRecord(value) ? value[key.slice(2)] : undefined;
  const keys = listKeys(field, parents)?.apply;
  return Array.isArray(value) && keys ? value.find((each) => itemKey(each, keys) === key) : undefined;
}

function mergeApplied(live: unknown, config: unknown, field: string, parents: readonly string[]): unknown {
  const keys = listKeys(field, parents)?.apply;
  if (Array.isArray(config) && keys && Array.isArray(live)) {
    const given = new Map(config.map((item) => [itemKey(item, keys), item]));
    const merged = live.map((item) => {
      const said = given.get(itemKey(item, keys));
      return said === undefined ? item : mergeApplied(item, said, '', [...parents, field]);
    });
    const present = new Set(live.map((item) => itemKey(item, keys)));
    return [...merged, ...config.filter((item) => !present.has(itemKey(item, keys)))];
  }
  if (!isRecord(config) || !isRecord(live) || isAtomic(field)) return config;
  const result: Record<string, unknown> = { ...live };
  for (const [key, value] of Object.entries(config))
    result[key] = mergeApplied(live[key], value, key, [...parents, field]);
  return result;
}

function without(live: unknown, dropped: Fields, field: string, parents: readonly string[]): unknown {
  const keys = Object.keys(dropped);
  if (keys.length === 0) return live;
  if (Array.isArray(live)) {
    const apply = listKeys(field, parents)?.apply ?? {};
    return live.flatMap((item) => {
      const inner = dropped[itemKey(item, apply)];
      if (!isRecord(inner)) return [item];
      return '.' in inner ? [] : [without(item, inner, '', [...parents, field])];
    });
  }
  if (!isRecord(live)) return live;
  const result: Record<string, unknown> = { ...live };
  for (const key of keys.filter((each) => each.startsWith('f:'))) {
    const inner = dropped[key];
    const name = key.slice(2);
    if (!isRecord(inner) || Object.keys(inner).length === 0) delete result[name];
    else result[name] = without(result[name], inner, name, [...parents, field]);
  }
  return result;
}
