import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type RiskTier, ToolError } from '@devops-mcp/contract';
import { isScalar, type Node } from 'yaml';
import type { Policy } from '../collaborators.js';
import { type Decision, effects, requirementNames } from '../model.js';
import { decide } from './decide.js';
import { entriesOf, itemsOf, type PolicyReader, readPolicyFile, shape, textOf } from './policy-file.js';
import { type MatchKey, matchKeys, type Rule } from './rule.js';

export interface LoadedPolicy extends Policy {
  /** Things an operator should know, such as a rule for a server that is not of this suite. */
  readonly notices: readonly string[];
  readonly rules: readonly Rule[];
}

export interface PolicySource {
  /** Read unless `text` is given; named in errors either way. */
  readonly path: string;
  readonly text?: string;
  /** All servers of the suite. A rule may name another one, which is a notice. */
  readonly knownServers: readonly string[];
  /** Tools, actions, resources and prompts by server, of the servers whose definitions are at hand. */
  readonly knownTools: Readonly<Record<string, readonly string[]>>;
}

const mostRules = 1_000;
const mostValues = 200;
const mostRemembered = 1_000;
const ruleKeys = ['name', 'match', 'effect', 'requirements', 'exceptions'] as const;
const tiers: readonly RiskTier[] = [1, 2, 3, 4];

/**
 * Reads and checks a policy file. Throws `invalid_input` that names the file, the line and what is
 * accepted: a process must not start on a policy that it understands in part.
 */
export function loadPolicy(source: PolicySource): LoadedPolicy {
  const text = source.text ?? readText(source.path);
  const reader = readPolicyFile(source.path, text);
  const list = entriesOf(reader, reader.root, 'the file', ['policies']).get('policies');
  const notices: string[] = [];
  const rules: Rule[] = [];
  for (const node of itemsOf(reader, list, 'policies', mostRules)) {
    const rule = readRule(reader, node, source, notices);
    if (rules.some((other) => other.name === rule.name)) {
      throw reader.refuse(
        node,
        `there are two rules of the name "${rule.name}".`,
        'Decisions name their rules: give each its own name.',
      );
    }
    rules.push(rule);
  }
  const digest = createHash('sha256').update(text).digest('hex');
  return { digest, notices, rules, decide: deciding(rules, digest) };
}

/** Rules and floors do not change while a process lives, so that a call like one before costs a look-up. */
function deciding(rules: readonly Rule[], policyDigest: string): Policy['decide'] {
  const decided = new Map<string, Decision>();
  const tells = (key: MatchKey) => rules.some((rule) => rule.match[key] !== undefined);
  const [byService, byOwner] = [tells('service'), tells('owner')];
  return (facts) => {
    const { server, tool, actionTier, environment, environmentClass, transport } = facts;
    const subjects = [byService ? facts.services : null, byOwner ? facts.owners : null];
    // As JSON, so that no name of a service can look like the end of another fact.
    const key = JSON.stringify([
      server,
      tool,
      actionTier,
      environment,
      environmentClass,
      transport,
      subjects,
    ]);
    const known = decided.get(key);
    if (known !== undefined) return known;
    const decision = { ...decide(rules, facts), policyDigest };
    if (decided.size < mostRemembered) decided.set(key, decision);
    return decision;
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ToolError('invalid_input', `The policy file ${path} cannot be read.`, {
      hint: 'Set policy to a file that this user may read; without a policy nothing is served.',
      cause,
    });
  }
}

function readRule(reader: PolicyReader, node: Node, source: PolicySource, notices: string[]): Rule {
  const entries = entriesOf(reader, node, 'a rule', ruleKeys);
  const name = textOf(reader, entries.get('name') ?? node, 'the name of a rule');
  if (name.startsWith('floor:'))
    throw reader.refuse(
      entries.get('name'),
      'names that begin with "floor:" are taken.',
      'Choose another name.',
    );
  const effect = oneOf(reader, entries.get('effect') ?? node, `the effect of rule "${name}"`, effects);
  const named = (key: 'requirements' | 'exceptions') =>
    entries.has(key)
      ? itemsOf(reader, entries.get(key), key, mostValues).map((item) =>
          oneOf(reader, item, key, requirementNames),
        )
      : [];
  if (entries.has('exceptions') && effect !== 'deny_by_default') {
    throw reader.refuse(
      entries.get('exceptions'),
      'exceptions have a meaning for deny_by_default alone.',
      'Use requirements.',
    );
  }
  const match = readMatch(reader, entries.get('match') ?? node, name, source, notices);
  return { name, match, effect, requirements: named('requirements'), exceptions: named('exceptions') };
}

function readMatch(
  reader: PolicyReader,
  node: Node | null,
  rule: string,
  source: PolicySource,
  notices: string[],
): Rule['match'] {
  const entries = entriesOf(reader, node, `the match of rule "${rule}"`, matchKeys);
  if (entries.size === 0) throw reader.refuse(node, 'a match needs at least one key.', shape);
  const match: { -readonly [K in keyof Rule['match']]: Rule['match'][K] } = {};
  for (const [key, value] of entries) {
    const items = itemsOf(reader, value, key, mostValues);
    if (key === 'actionTier') match.actionTier = new Set(items.map((item) => readTier(reader, item)));
    else match[key] = new Set(items.map((item) => textOf(reader, item, key)));
  }
  for (const server of match.server ?? []) {
    if (source.knownServers.includes(server)) continue;
    notices.push(`Rule "${rule}" names the server "${server}", which is not of this suite.`);
  }
  if (match.tool !== undefined) checkTools(reader, entries.get('tool'), match, source);
  return match;
}

/** A tool is `name` or `server/name`; it is checked against every server that it could be meant for. */
function checkTools(
  reader: PolicyReader,
  node: Node | null | undefined,
  match: Rule['match'],
  source: PolicySource,
): void {
  for (const item of itemsOf(reader, node, 'tool', mostValues)) {
    const parts = textOf(reader, item, 'tool').split('/');
    const name = parts.at(-1) ?? '';
    const servers = parts.length > 1 ? parts.slice(0, 1) : [...(match.server ?? source.knownServers)];
    const known = servers.map((server) =>
      Object.hasOwn(source.knownTools, server) ? source.knownTools[server] : undefined,
    );
    // The definition of another server is not at hand in this one, and may well have the tool.
    if (parts.length <= 2 && known.some((tools) => tools === undefined || tools.includes(name))) continue;
    throw reader.refuse(
      item,
      `there is no tool "${name.slice(0, 60)}" on ${servers.join(', ')}.`,
      `Accepted: ${known
        .flatMap((tools) => tools ?? [])
        .join(', ')
        .slice(0, 1_000)}.`,
    );
  }
}

function readTier(reader: PolicyReader, node: Node): RiskTier {
  const tier = tiers.find((each) => isScalar(node) && node.value === each);
  if (tier === undefined) throw reader.refuse(node, 'there is no such action tier.', 'Accepted: 1, 2, 3, 4.');
  return tier;
}

function oneOf<T extends string>(
  reader: PolicyReader,
  node: Node | null,
  what: string,
  accepted: readonly T[],
): T {
  const value = accepted.find((each) => isScalar(node) && node.value === each);
  if (value !== undefined) return value;
  const shown = isScalar(node) ? ` "${String(node.value).slice(0, 60)}"` : '';
  throw reader.refuse(node, `${what}: unknown value${shown}.`, `Accepted: ${accepted.join(', ')}.`);
}
