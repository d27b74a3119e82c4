import { isAtomic, listKeys } from './list-keys.js';
import { type Fields, isRecord, type KubeObject, type ManagedFields, sameJson } from './object.js';

/** Fields in the form of `metadata.managedFields[].fieldsV1`: `f:name`, `k:{"name":"web"}`, `.` for the thing itself. */
const systemFields = new Set([
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'managedFields',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
]);
const maps = new Set([
  'labels',
  'annotations',
  'limits',
  'requests',
  'data',
  'stringData',
  'hard',
  'used',
  'env',
  'ports',
  'ownerReferences',
  'volumes',
  'volumeMounts',
  'imagePullSecrets',
  'resources',
  'rollingUpdate',
  'conditions',
]);

/** Every field that an object sets, without what only the server sets. */
export function fieldsOf(object: KubeObject): Fields {
  return entered(object);
}

/** What an applied configuration says: its fields and list items, without the maps around them. */
export function fieldsSaid(config: KubeObject): Fields {
  return withoutMaps(fieldsOf(config));
}

function withoutMaps(fields: Fields, isItem = false): Fields {
  const kept = Object.entries(fields).filter(
    ([key]) => key !== '.' || isItem || Object.keys(fields).length === 1,
  );
  return Object.fromEntries(
    kept.map(([key, value]) => [key, withoutMaps(record(value), key.startsWith('k:'))]),
  );
}

/** Fields whose value differs from `before`, or that are new. */
export function changedFields(before: KubeObject, after: KubeObject): Fields {
  return entered(after, before);
}

function entered(object: KubeObject, before?: KubeObject): Fields {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) {
    if (key === 'apiVersion' || key === 'kind') continue;
    const counted = key === 'metadata' ? pick(value) : value;
    if (isRecord(counted) && Object.keys(counted).length === 0) continue;
    const old = key === 'metadata' ? pick(before?.metadata) : before?.[key];
    add(result, `f:${key}`, valueFields(counted, before === undefined ? absent : old, key, []));
  }
  return result;
}

const absent = Symbol('absent');

function pick(metadata: unknown): Fields {
  return Object.fromEntries(
    Object.entries(isRecord(metadata) ? metadata : {}).filter(([key]) => !systemFields.has(key)),
  );
}

function add(result: Record<string, unknown>, key: string, fields: Fields | undefined): void {
  if (fields !== undefined) result[key] = fields;
}

/** Undefined where nothing differs from `before`; `absent` before means that everything is counted. */
function valueFields(
  value: unknown,
  before: unknown,
  field: string,
  parents: readonly string[],
): Fields | undefined {
  if (value === undefined || value === null) return undefined;
  const keys = Array.isArray(value) ? listKeys(field, parents)?.apply : undefined;
  if (Array.isArray(value) && keys !== undefined) return itemFields(value, before, field, parents, keys);
  if (!isRecord(value) || isAtomic(field))
    return before !== absent && sameJson(value, before) ? undefined : {};
  const result: Record<string, unknown> = {};
  const old = isRecord(before) ? before : {};
  for (const [key, each] of Object.entries(value))
    add(
      result,
      `f:${key}`,
      valueFields(each, before === absent ? absent : old[key], key, [...parents, field]),
    );
  if (Object.keys(result).length > 0)
    return maps.has(field) && !isRecord(before) ? { '.': {}, ...result } : result;
  return Object.keys(value).length === 0 && !isRecord(before) ? {} : undefined;
}

function itemFields(
  list: readonly unknown[],
  before: unknown,
  field: string,
  parents: readonly string[],
  keys: Readonly<Record<string, string | undefined>>,
): Fields | undefined {
  const result: Record<string, unknown> = {};
  const old: readonly unknown[] = Array.isArray(before) ? before : [];
  for (const item of list) {
    const key = itemKey(item, keys);
    const same = before === absent ? absent : old.find((each) => itemKey(each, keys) === key);
    const fields = valueFields(item, same, '', [...parents, field]);
    if (fields === undefined) continue;
    // The values of the keys are the item's name; that they are set is said by them, not only by `.`.
    result[key] = same === undefined || same === absent ? { '.': {}, ...fields } : fields;
  }
  if (Object.keys(result).length === 0) return undefined;
  return maps.has(field) && !Array.isArray(before) ? { '.': {}, ...result } : result;
}

export function itemKey(item: unknown, keys: Readonly<Record<string, string | undefined>>): string {
  const entries = Object.entries(keys).map(([key, missing]) => [
    key,
    (isRecord(item) ? item[key] : undefined) ?? missing,
  ]);
  return `k:${JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))))}`;
}

export function union(a: Fields, b: Fields): Fields {
  const result: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) result[key] = union(record(result[key]), record(value));
  return result;
}

/** What of `a` is in `b` too, down to single fields. */
export function intersection(a: Fields, b: Fields): Fields {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(a)) {
    if (!(key in b)) continue;
    const inner = intersection(record(value), record(b[key]));
    if (isLeaf(value) || isLeaf(b[key]) || Object.keys(inner).length > 0) result[key] = inner;
  }
  return result;
}

export function difference(a: Fields, b: Fields): Fields {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(a)) {
    if (!(key in b)) result[key] = value;
    else if (!isLeaf(value)) {
      const inner = difference(record(value), record(b[key]));
      if (Object.keys(inner).some((each) => each !== '.')) result[key] = inner;
    }
  }
  return result;
}

/** Single fields of a set in the dotted form of messages: `.spec.containers[name="web"].image`. */
export function pathsOf(fields: Fields, before = ''): readonly string[] {
  return Object.entries(fields).flatMap(([key, value]) => {
    if (key === '.') return [];
    const path = before + stepOf(key);
    return isLeaf(value) ? [path] : pathsOf(record(value), path);
  });
}

function stepOf(key: string): string {
  if (key.startsWith('f:')) return `.${key.slice(2)}`;
  const parts: unknown = JSON.parse(key.slice(2));
  const said = Object.entries(record(parts)).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `[${said.join(',')}]`;
}

export interface Writer {
  readonly manager: string;
  readonly subresource: string;
  readonly apiVersion: string;
  readonly now: string;
}

/** The field managers after an ordinary write: who changes a field owns it, and nobody else does. */
export function updatedManagers(
  before: KubeObject | undefined,
  after: KubeObject,
  writer: Writer,
): readonly ManagedFields[] {
  const all = fieldsOf(after);
  const changed = before === undefined ? all : changedFields(before, after);
  const entries = before?.metadata.managedFields ?? [];
  const mine = entries.find((each) => isOf(each, writer, 'Update'));
  const others = entries
    .filter((each) => each !== mine)
    .map((each) => owning(each, intersection(difference(each.fieldsV1, changed), all)));
  if (Object.keys(changed).length === 0) return entries;
  const fields = intersection(union(mine?.fieldsV1 ?? {}, changed), all);
  return inOrder([...others.filter(isOwner), entryOf(writer, 'Update', fields)]);
}

/** Who applies goes before who updates, then by time in whole seconds, then by name: the order that the API keeps. */
export function inOrder(managers: readonly ManagedFields[]): readonly ManagedFields[] {
  const key = ({ operation, time = '', manager, subresource = '' }: ManagedFields) =>
    [operation, time, manager, subresource].join(' ');
  return [...managers].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

export function isOf(entry: ManagedFields, { manager, subresource }: Writer, operation: string): boolean {
  return (
    entry.manager === manager && entry.operation === operation && (entry.subresource ?? '') === subresource
  );
}

export function entryOf(
  { manager, subresource, apiVersion, now }: Writer,
  operation: string,
  fieldsV1: Fields,
): ManagedFields {
  const entry = { manager, operation, apiVersion, time: now, fieldsType: 'FieldsV1', fieldsV1 };
  return subresource === '' ? entry : { ...entry, subresource };
}

export function owning(entry: ManagedFields, fieldsV1: Fields): ManagedFields {
  return { ...entry, fieldsV1 };
}

export function isOwner({ fieldsV1 }: ManagedFields): boolean {
  return Object.keys(fieldsV1).length > 0;
}

function isLeaf(value: unknown): boolean {
  return Object.keys(record(value)).length === 0;
}

function record(value: unknown): Fields {
  return isRecord(value) ? value : {};
}
