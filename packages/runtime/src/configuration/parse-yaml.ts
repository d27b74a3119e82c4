import { type Document, isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { StartError } from '../start/start-error.js';

const largestFileBytes = 1_000_000;

/**
 * Reads YAML into what `schema` says. Throws a StartError that names file and line, for YAML that
 * cannot be read, keys given twice, unknown keys and wrong values; the first problem is enough.
 */
export function parseYaml<T>(text: string, file: string, schemaOf: (value: unknown) => z.ZodType<T>): T {
  if (text.length > largestFileBytes) throw new StartError(`${file} is larger than 1 MB.`);
  const lines = new LineCounter();
  // Keys given twice hide the first of them, and aliases let a small file become a huge one.
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
    merge: false,
  });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem)
    throw new StartError(`${file}:${lines.linePos(problem.pos[0]).line}: ${firstLine(problem.message)}`);
  const value: unknown = toPlain(document, file);
  if (value === null || typeof value !== 'object') {
    throw new StartError(`${file} is empty; it needs at least version, state and audit.`);
  }
  // Compiling a validator pays off from the second use on, and a configuration is read once.
  const parsed = schemaOf(value).safeParse(value, { jitless: true });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues.map(withinUnion);
  const path = [
    ...(issue?.path ?? []),
    ...(issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []),
  ];
  const where = `${file}:${lineOf(document, path, lines)}`;
  const name = nameOf(issue?.path ?? []);
  throw new StartError(
    `${where}: ${name === '' ? '' : `${name}: `}${firstLine(issue?.message ?? 'not valid')}`,
  );
}

/** Of a value that may have two forms, the problem with the form that it has. */
function withinUnion(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const forms = issue.errors.flatMap(([first]) => first ?? []);
  const meant = forms.find(({ code, path }) => path.length > 0 || code !== 'invalid_type');
  return meant ? withinUnion({ ...meant, path: [...issue.path, ...meant.path] }) : issue;
}

/** As settings are named elsewhere: `environments.production.ports.alerts[1].use`. */
function nameOf(path: readonly PropertyKey[]): string {
  return path
    .map((step, at) => (typeof step === 'number' ? `[${step}]` : `${at === 0 ? '' : '.'}${String(step)}`))
    .join('');
}

function toPlain(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    throw new StartError(`${file} uses YAML aliases, which are not read here; write the value out.`, {
      cause,
    });
  }
}

/** The line of the deepest node on the path that exists: a missing key is shown where it belongs. */
function lineOf(document: Document, path: readonly PropertyKey[], lines: LineCounter): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    const pair = isMap(node)
      ? node.items.find((item) => isPair(item) && String(item.key) === String(step))
      : undefined;
    const key: unknown = pair?.key;
    if (isNode(key) && key.range) offset = key.range[0];
    node = pair ? pair.value : hasGet(node) ? node.get(step, true) : undefined;
    if (!isNode(node)) break;
    if (!pair && node.range) offset = node.range[0];
  }
  return lines.linePos(offset).line;
}

function hasGet(node: unknown): node is { get(key: unknown, keepScalar: true): unknown } {
  return typeof node === 'object' && node !== null && 'get' in node && typeof node.get === 'function';
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}
