import { ToolError } from '@devops-mcp/contract';
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';

/** A place in a policy file: what is read there, and how to refuse it. */
export interface PolicyReader {
  readonly root: Node;
  refuse(node: Node | null | undefined, message: string, accepted: string): ToolError;
}

const largestFile = 1_048_576;

/**
 * Parses the text with positions. Refuses what YAML allows and a policy must not have: aliases (a few
 * lines of them can stand for gigabytes), tags, several documents, duplicate keys.
 */
export function readPolicyFile(path: string, text: string): PolicyReader {
  const lines = new LineCounter();
  const refuseAt = (offset: number, message: string, accepted: string) =>
    new ToolError('invalid_input', `${path}, line ${Math.max(1, lines.linePos(offset).line)}: ${message}`, {
      hint: accepted,
    });
  const refuse: PolicyReader['refuse'] = (node, message, accepted) =>
    refuseAt(node?.range?.[0] ?? 0, message, accepted);
  if (text.length > largestFile)
    throw refuseAt(0, 'the file is larger than 1 MiB.', 'A policy has a few rules.');
  if (text.trim() === '') throw refuseAt(0, 'the file is empty.', shape);
  const document = parse(text, lines, refuseAt);
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined)
    throw refuseAt(fault.pos[0], `this is not YAML that a policy may have (${fault.code}).`, shape);
  visit(document, (_, node) => {
    if (isAlias(node) || ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined)) {
      throw refuse(node, 'anchors and aliases are not accepted.', 'Write every rule out.');
    }
  });
  if (document.contents === null) throw refuseAt(0, 'the file has no rules.', shape);
  return { root: document.contents, refuse };
}

/** What a policy file looks like, as a hint. */
export const shape =
  'Accepted: policies, a list of { name, match: { server, tool, actionTier, environment, service, owner }, effect, requirements, exceptions }.';

/** The entries of a mapping, with every key one of `allowed`. */
export function entriesOf<K extends string>(
  reader: PolicyReader,
  node: Node | null | undefined,
  what: string,
  allowed: readonly K[],
): ReadonlyMap<K, Node | null> {
  if (!isMap(node)) throw reader.refuse(node, `${what} must be a mapping.`, shape);
  const found = new Map<K, Node | null>();
  for (const pair of (node as YAMLMap<Node, Node | null>).items) {
    const key = allowed.find((name) => isScalar(pair.key) && pair.key.value === name);
    if (key === undefined)
      throw reader.refuse(pair.key, unknownKey(what, pair.key), `Accepted: ${allowed.join(', ')}.`);
    found.set(key, pair.value);
  }
  return found;
}

/** The items of a list; a single value stands for a list of one. */
export function itemsOf(
  reader: PolicyReader,
  node: Node | null | undefined,
  what: string,
  most: number,
): readonly Node[] {
  // The parser gives nodes here; its types also allow for documents built by hand.
  const items = isSeq(node) ? (node.items as readonly Node[]) : isScalar(node) ? [node] : [];
  if (items.length === 0)
    throw reader.refuse(node, `${what} must not be empty.`, 'Leave the key away to match everything.');
  if (items.length > most) throw reader.refuse(node, `${what} has more than ${most} entries.`, 'Split it.');
  return items;
}

export function textOf(reader: PolicyReader, node: Node | null | undefined, what: string): string {
  if (!isScalar(node) || typeof node.value !== 'string' || node.value === '' || node.value.length > 200) {
    throw reader.refuse(node, `${what} must be text of 1 to 200 characters.`, shape);
  }
  return node.value;
}

function parse(
  text: string,
  lineCounter: LineCounter,
  refuseAt: (offset: number, message: string, accepted: string) => ToolError,
) {
  try {
    return parseDocument(text, {
      lineCounter,
      uniqueKeys: true,
      prettyErrors: false,
      // At the level 'silent' the parser ignores a second document.
      logLevel: 'error',
      stringKeys: true,
    });
  } catch {
    // Nesting without end exhausts the parser's stack.
    throw refuseAt(0, 'the file is nested too deeply.', shape);
  }
}

function unknownKey(what: string, key: Node): string {
  const name = isScalar(key) ? String(key.value).slice(0, 60) : '';
  if (name === 'when')
    return `${what} has the key "when", which this version does not evaluate; a rule that is not understood is never skipped.`;
  return `${what} has the unknown key "${name}".`;
}
