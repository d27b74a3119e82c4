import { ToolError } from '@devops-mcp/contract';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { type Effect, effects, type RequirementName, requirementNames } from '../model.js';

/** One rule of the file; an absent list matches everything. */
export interface PolicyRule {
  readonly name: string;
  readonly match: PolicyMatch;
  readonly effect: Effect;
  readonly requirements: readonly RequirementName[];
  readonly exceptions: readonly RequirementName[];
}

export interface PolicyMatch {
  readonly server: readonly string[];
  readonly tool: readonly string[];
  readonly actionTier: readonly number[];
  /** Names, or `class:production` for every environment of a class. */
  readonly environment: readonly string[];
  readonly service: readonly string[];
  readonly owner: readonly string[];
}

export interface PolicyFile {
  readonly rules: readonly PolicyRule[];
  /** Things worth a reader's eye that do not stop the start. */
  readonly notices: readonly string[];
}

export interface PolicyInventory {
  /** Servers of this suite to the names of their tools and actions. */
  readonly servers: Readonly<Record<string, readonly string[]>>;
}

const maxBytes = 262_144;
const maxRules = 1_000;
const maxValues = 200;
const ruleKeys = ['name', 'match', 'effect', 'requirements', 'exceptions'] as const;
const matchKeys = ['server', 'tool', 'actionTier', 'environment', 'service', 'owner'] as const;

/**
 * Reads a policy file. Anything that is not understood stops the start: a rule that is silently
 * dropped is a rule that does not hold. Throws `invalid_input` with file, line and what is accepted.
 */
export function readPolicyFile(text: string, path: string, inventory: PolicyInventory): PolicyFile {
  const lines = new LineCounter();
  const fail = (node: Node | null | undefined, problem: string): never => {
    const line = node?.range ? lines.linePos(node.range[0]).line : 1;
    throw new ToolError('invalid_input', `${path}:${line}: ${problem}`, {
      hint: 'Correct the policy; nothing is served until it can be read whole.',
    });
  };
  if (Buffer.byteLength(text) > maxBytes) fail(null, `the file is larger than ${maxBytes} bytes`);
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, merge: false });
  const [error] = document.errors;
  if (error)
    throw new ToolError(
      'invalid_input',
      `${path}:${error.linePos?.[0].line ?? 1}: ${error.code}: the YAML cannot be read`,
      { cause: error },
    );
  const root = document.contents;
  if (!isMap(root)) return fail(root, 'the file holds no policies; expected a map with the key "policies"');
  const reader: Reader = { fail, inventory, notices: [] };
  const top = entries(root, ['policies'], reader);
  const list = top.policies;
  if (!isSeq(list) || list.items.length === 0)
    return fail(list ?? root, '"policies" must be a list of at least one rule');
  if (list.items.length > maxRules) fail(list, `more than ${maxRules} rules`);
  const rules = list.items.map((item) => readRule(item as Node, reader));
  const names = rules.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    fail(list, `two rules are named "${twice}"; a decision could not say which one decided`);
  return { rules, notices: reader.notices };
}

interface Reader {
  readonly fail: (node: Node | null | undefined, problem: string) => never;
  readonly inventory: PolicyInventory;
  readonly notices: string[];
}

function readRule(node: Node, reader: Reader): PolicyRule {
  if (!isMap(node)) return reader.fail(node, 'a rule must be a map with name, match and effect');
  const found = entries(node, ruleKeys, reader);
  const name = text(found.name ?? node, reader, 'name');
  const effect = text(found.effect ?? node, reader, 'effect');
  const known =
    effects.find((one) => one === effect) ??
    reader.fail(found.effect ?? node, `unknown effect "${effect}"; known: ${effects.join(', ')}`);
  return {
    name,
    match: readMatch(found.match, node, reader),
    effect: known,
    requirements: requirements(found.requirements, reader),
    exceptions: requirements(found.exceptions, reader),
  };
}

function readMatch(node: Node | undefined, rule: Node, reader: Reader): PolicyMatch {
  if (!isMap(node))
    return reader.fail(
      node ?? rule,
      '"match" must be a map; a rule for everything lists actionTier: [1, 2, 3, 4]',
    );
  const found = entries(node, matchKeys, reader);
  const server = strings(found.server, reader);
  const tool = strings(found.tool, reader);
  checkNames(server, tool, found, reader);
  return {
    server,
    tool,
    actionTier: tiers(found.actionTier, reader),
    environment: strings(found.environment, reader),
    service: strings(found.service, reader),
    owner: strings(found.owner, reader),
  };
}

/** Organisations share one policy, so foreign servers are noticed and foreign tools of ours refused. */
function checkNames(
  servers: readonly string[],
  tools: readonly string[],
  found: Partial<Record<string, Node>>,
  reader: Reader,
): void {
  const ours = Object.keys(reader.inventory.servers);
  if (ours.length === 0) return;
  const foreign = servers.filter((server) => !ours.includes(server));
  if (foreign.length > 0) reader.notices.push(`servers outside this suite: ${foreign.join(', ')}`);
  if (foreign.length > 0 && foreign.length === servers.length) return;
  const known = (servers.length === 0 ? ours : servers).flatMap(
    (server) => reader.inventory.servers[server] ?? [],
  );
  const unknown = tools.find((tool) => !known.includes(tool));
  if (unknown !== undefined) reader.fail(found.tool, `no tool "${unknown}"; known: ${known.join(', ')}`);
}

/** The values of a map by key; unknown keys stop the start. */
function entries<K extends string>(
  map: YAMLMap,
  known: readonly K[],
  reader: Reader,
): Partial<Record<K, Node>> {
  const found: Partial<Record<K, Node>> = {};
  for (const { key, value } of map.items) {
    const node = key as Node;
    const name = isScalar(node) ? String(node.value) : '';
    const match = known.find((one) => one === name);
    if (match === undefined) {
      const why =
        name === 'when'
          ? 'conditions ("when") are not part of this version'
          : `unknown key "${name.slice(0, 60)}"`;
      return reader.fail(node, `${why}; known here: ${known.join(', ')}`);
    }
    found[match] = value as Node;
  }
  return found;
}

function requirements(node: Node | undefined, reader: Reader): readonly RequirementName[] {
  return strings(node, reader).map(
    (name) =>
      requirementNames.find((one) => one === name) ??
      reader.fail(node, `unknown requirement "${name}"; known: ${requirementNames.join(', ')}`),
  );
}

function tiers(node: Node | undefined, reader: Reader): readonly number[] {
  return scalars(node, reader).map((value) =>
    value === 1 || value === 2 || value === 3 || value === 4
      ? value
      : reader.fail(node, `tier ${String(value)} does not exist; known: 1, 2, 3, 4`),
  );
}

function strings(node: Node | undefined, reader: Reader): readonly string[] {
  return scalars(node, reader).map((value) =>
    typeof value === 'string' && value !== '' && value.length <= 200
      ? value
      : reader.fail(node, `expected a name, found ${JSON.stringify(value)}`),
  );
}

function scalars(node: Node | undefined, reader: Reader): readonly unknown[] {
  if (node === undefined) return [];
  if (isScalar(node)) return [node.value];
  if (!isSeq(node)) return reader.fail(node, 'expected a value or a list of values');
  if (node.items.length === 0)
    reader.fail(node, 'an empty list matches nothing; leave the key out to match everything');
  if (node.items.length > maxValues) reader.fail(node, `more than ${maxValues} values`);
  return node.items.map((item) =>
    isScalar(item) ? item.value : reader.fail(item as Node, 'expected a value'),
  );
}

function text(node: Node, reader: Reader, key: string): string {
  if (!isScalar(node) || typeof node.value !== 'string' || node.value === '' || node.value.length > 120)
    return reader.fail(node, `"${key}" must be a short text`);
  return node.value;
}
