import { isSet, listKeys } from './list-keys.js';
import { type Fields, isRecord, sameJson } from './object.js';
import { ApiStatus, badRequest, failure } from './status.js';

/** JSON merge patch, RFC 7386. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

/** Strategic merge patch: lists of named things merge by their key, with the `$patch` directives. */
export function strategicMerge(target: unknown, patch: unknown, parents: readonly string[] = []): unknown {
  if (!isRecord(patch)) return patch;
  if (patch.$patch === 'replace') return without(patch, '$patch');
  if (patch.$patch === 'delete') return undefined;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  retain(result, patch.$retainKeys);
  for (const [key, value] of Object.entries(patch)) {
    if (key === '$retainKeys' || key.startsWith('$setElementOrder/')) continue;
    if (key.startsWith('$deleteFromPrimitiveList/'))
      removeValues(result, key.slice(key.indexOf('/') + 1), value);
    else if (value === null) delete result[key];
    else result[key] = mergeField(result[key], value, key, parents);
    if (result[key] === undefined) delete result[key];
  }
  return result;
}

function mergeField(present: unknown, value: unknown, key: string, parents: readonly string[]): unknown {
  if (!Array.isArray(value)) return strategicMerge(present, value, [...parents, key]);
  const existing: readonly unknown[] = Array.isArray(present) ? present : [];
  if (isSet(key)) return [...existing, ...value.filter((each) => !existing.includes(each))];
  const mergeKey = listKeys(key, parents)?.patch;
  return mergeKey === undefined ? value : mergeList(existing, value, mergeKey, [...parents, key]);
}

function mergeList(
  existing: readonly unknown[],
  patch: readonly unknown[],
  mergeKey: string,
  parents: readonly string[],
): unknown {
  if (patch.some((each) => isRecord(each) && each.$patch === 'replace' && each[mergeKey] === undefined))
    return patch.filter((each) => isRecord(each) && each.$patch === undefined);
  const named = new Map<unknown, unknown>();
  for (const item of patch) {
    if (!isRecord(item)) throw badRequest('invalid strategic merge patch: a list item is no object');
    const keyValue = item[mergeKey];
    if (keyValue === undefined)
      throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`);
    const present = existing.find((each) => isRecord(each) && sameJson(each[mergeKey], keyValue));
    named.set(keyValue, item.$patch === 'delete' ? undefined : strategicMerge(present ?? {}, item, parents));
  }
  const untouched = existing.filter((each) => !isRecord(each) || !named.has(each[mergeKey]));
  // What the patch names comes first, in its order.
  return [...[...named.values()].filter((each) => each !== undefined), ...untouched];
}

function retain(result: Record<string, unknown>, keys: unknown): void {
  if (!Array.isArray(keys)) return;
  for (const key of Object.keys(result)) if (!keys.includes(key)) delete result[key];
}

function removeValues(result: Record<string, unknown>, key: string, values: unknown): void {
  const present = result[key];
  if (Array.isArray(present) && Array.isArray(values))
    result[key] = present.filter((each) => !values.includes(each));
}

function without(value: Fields, key: string): Fields {
  const { [key]: _, ...rest } = value;
  return rest;
}

/** JSON patch, RFC 6902. A failed `test` is 422, as is a path that is not there. */
export function jsonPatch(target: unknown, operations: unknown): unknown {
  if (!Array.isArray(operations))
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch',
    );
  return operations.reduce((document: unknown, each: unknown) => {
    if (!isRecord(each)) throw badRequest('error decoding patch');
    return applied(document, each);
  }, target);
}

function applied(document: unknown, operation: Fields): unknown {
  const { op, value } = operation;
  const path = stepsOf(operation.path);
  if (op === 'test') {
    if (!sameJson(valueAt(document, path), value)) throw unprocessable();
    return document;
  }
  if (op === 'add') return edited(document, path, () => value, 'insert');
  if (op === 'replace') {
    valueAt(document, path);
    return edited(document, path, () => value, 'replace');
  }
  if (op === 'remove') {
    valueAt(document, path);
    return edited(document, path, () => undefined, 'remove');
  }
  if (op === 'copy' || op === 'move') {
    const from = stepsOf(operation.from);
    const moved = valueAt(document, from);
    const rest = op === 'move' ? edited(document, from, () => undefined, 'remove') : document;
    return edited(rest, path, () => moved, 'insert');
  }
  throw badRequest(`Unexpected kind: ${String(op)}`);
}

function stepsOf(path: unknown): readonly string[] {
  if (typeof path !== 'string') throw badRequest('error decoding patch: a path is missing');
  return path
    .split('/')
    .slice(1)
    .map((each) => each.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function valueAt(document: unknown, path: readonly string[]): unknown {
  let present = document;
  for (const step of path) {
    if (Array.isArray(present)) present = present[Number(step)];
    else present = isRecord(present) ? present[step] : undefined;
    if (present === undefined) throw unprocessable();
  }
  return present;
}

type Edit = 'insert' | 'replace' | 'remove';

function edited(document: unknown, path: readonly string[], make: () => unknown, edit: Edit): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return make();
  if (Array.isArray(document)) {
    const place = step === '-' ? document.length : Number(step);
    const copy = [...document];
    if (rest.length > 0) copy[place] = edited(copy[place], rest, make, edit);
    else if (edit === 'remove') copy.splice(place, 1);
    else copy.splice(place, edit === 'insert' ? 0 : 1, make());
    return copy;
  }
  if (!isRecord(document)) throw unprocessable();
  const copy: Record<string, unknown> = { ...document };
  if (rest.length > 0) copy[step] = edited(copy[step], rest, make, edit);
  else if (edit === 'remove') delete copy[step];
  else copy[step] = make();
  return copy;
}

function unprocessable(): ApiStatus {
  const message = 'the server rejected our request due to an error in our request';
  return new ApiStatus(failure(422, 'Invalid', message, {}));
}
