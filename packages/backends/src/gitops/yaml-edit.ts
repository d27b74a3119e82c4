import { isDeepStrictEqual } from 'node:util';
import { ToolError } from '@devops-mcp/contract';
import { Document, isMap, isScalar, parseAllDocuments, type Scalar, type YAMLMap } from 'yaml';
import { at, type Place, parseDocuments } from './document.js';

/**
 * Sets one value in a YAML file by replacing the few characters that hold it, so that comments,
 * order, quotes and line ends stay as they are. Missing keys are added at the beginning of their
 * map. The result is read back: it must say the new value and otherwise exactly what it said
 * before, else the edit is refused with `unsupported`.
 */
export function setInYaml(text: string, place: Place, value: string | number): string {
  const documents = parseAllDocuments(text);
  const document = Array.isArray(documents) ? documents[place.document] : undefined;
  if (document === undefined || document.errors.length > 0) throw unreadable(place);
  const edit = editFor(text, document, place, place.prefix === undefined ? value : `${place.prefix}${value}`);
  const result = edit && text.slice(0, edit.start) + edit.text + text.slice(edit.end);
  if (result === undefined || !saysOnly(text, result, place, value)) throw refused(place);
  return result;
}

interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function editFor(text: string, document: Document, place: Place, value: string | number): Splice | undefined {
  const node = document.getIn(place.keys, true);
  if (isScalar(node) && node.range && node.value !== null)
    return { start: node.range[0], end: node.range[1], text: scalarText(value, node) };
  // The deepest part of the path that exists, and the keys that must be added below it.
  for (let depth = place.keys.length - 1; depth >= 0; depth--) {
    const parent = document.getIn(place.keys.slice(0, depth), true);
    const missing = place.keys.slice(depth).map(String);
    if (isMap(parent)) return addToMap(text, parent, missing, value);
    if (isScalar(parent) && parent.value === null && parent.range && depth > 0) {
      const column = columnOf(text, lineStart(text, parent.range[0])) + 2;
      const body = `\n${' '.repeat(column)}${blockText(missing, value, column)}`;
      return { start: parent.range[0], end: parent.range[0], text: body };
    }
    if (parent !== undefined) return undefined;
  }
  return undefined;
}

function addToMap(
  text: string,
  map: YAMLMap,
  keys: readonly string[],
  value: string | number,
): Splice | undefined {
  if (map.flow && map.range) {
    const start = map.range[0] + 1;
    const inner = keys.slice(1).reduceRight((sum, key) => `{ ${keyText(key)}: ${sum} }`, scalarText(value));
    const separator = map.items.length > 0 ? ', ' : ' ';
    return { start, end: start, text: ` ${keyText(keys[0] ?? '')}: ${inner}${separator}`.replace(/ $/, ' ') };
  }
  const first = map.items[0]?.key;
  if (!isScalar(first) || !first.range) return undefined;
  const column = first.range[0] - lineStart(text, first.range[0]);
  return {
    start: first.range[0],
    end: first.range[0],
    text: `${blockText(keys, value, column)}\n${' '.repeat(column)}`,
  };
}

/** `a:\n  b: value`, for a place that starts at the column. */
function blockText(keys: readonly string[], value: string | number, column: number): string {
  return keys
    .map((key, index) => {
      const indent = index === 0 ? '' : `\n${' '.repeat(column + 2 * index)}`;
      return `${indent}${keyText(key)}:`;
    })
    .join('')
    .concat(` ${scalarText(value)}`);
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Columns before the first character of a line that is no space. */
function columnOf(text: string, start: number): number {
  return /^ */.exec(text.slice(start))?.[0].length ?? 0;
}

/** The value in the style of the scalar that it replaces, quoted when it would read as something else. */
function scalarText(value: string | number, like?: Scalar): string {
  if (typeof value === 'number' && like?.type !== 'QUOTE_DOUBLE' && like?.type !== 'QUOTE_SINGLE')
    return String(value);
  const text = String(value);
  if (like?.type === 'QUOTE_SINGLE' && !/[\n\r']/.test(text)) return `'${text}'`;
  if (like?.type === 'QUOTE_DOUBLE' || /[\n\r]/.test(text)) return JSON.stringify(text);
  if (like?.type === 'BLOCK_LITERAL' || like?.type === 'BLOCK_FOLDED') return `${JSON.stringify(text)}\n`;
  return new Document(text).toString({ lineWidth: 0 }).trimEnd();
}

function keyText(key: string): string {
  return new Document(key).toString({ lineWidth: 0 }).trimEnd();
}

function saysOnly(before: string, after: string, place: Place, value: string | number): boolean {
  const [old, now] = [parseDocuments(before), parseDocuments(after)];
  if (old === undefined || now === undefined || old.length !== now.length) return false;
  const wanted = place.prefix === undefined ? value : `${place.prefix}${value}`;
  const said = at(now[place.document], ...place.keys);
  // A quoted number stays a quoted number.
  if (said !== wanted && String(said) !== String(wanted)) return false;
  const expected = old.map((document, index) =>
    index === place.document ? withValue(document, place.keys, said) : document,
  );
  return isDeepStrictEqual(expected, now);
}

function withValue(node: unknown, keys: readonly (string | number)[], value: unknown): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (Array.isArray(node))
    return node.map((item, index) => (index === Number(key) ? withValue(item, rest, value) : item));
  const record = typeof node === 'object' && node !== null ? node : {};
  return { ...record, [key]: withValue(at(record, key), rest, value) };
}

function unreadable(place: Place): ToolError {
  return new ToolError('unsupported', `${place.path} is not valid YAML and was not changed.`, {
    hint: 'Repair the file first.',
  });
}

function refused(place: Place): ToolError {
  return new ToolError(
    'unsupported',
    `The value in ${place.path} cannot be changed without touching others.`,
    {
      hint: 'The file uses anchors or an unusual form there; change it by hand.',
    },
  );
}
