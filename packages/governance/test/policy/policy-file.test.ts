import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPolicy } from '../../src/policy/index.js';
import { temporaryFolder } from '../temporary-folder.js';
import { facts, policyFrom } from './policy-facts.js';

const seedText = readFileSync(join(import.meta.dirname, 'seed-policy.yaml'), 'utf8');
const rule = (rest: string) => `policies:\n  - name: one\n    match: { actionTier: [1] }\n${rest}`;

describe('the approval policy pattern', () => {
  it('loads key for key', () => {
    expect(policyFrom(seedText).rules).toEqual([
      {
        name: 'tier1-read-only',
        match: { server: new Set(['billing', 'inventory', 'docs', 'metrics']), actionTier: new Set([1]) },
        effect: 'allow',
        requirements: ['log_to_siem'],
        exceptions: [],
      },
      {
        name: 'tier2-reversible-writes',
        match: { actionTier: new Set([2]) },
        effect: 'allow_with_conditions',
        requirements: ['log_to_siem', 'owner_scope_check', 'change_ticket_or_issue_link'],
        exceptions: [],
      },
      {
        name: 'tier3-infra-mutation',
        match: { actionTier: new Set([3]) },
        effect: 'require_human_approval',
        requirements: [
          'approved_change_request',
          'executor_is_ci_or_control_plane',
          'plan_or_dry_run_artifact',
          'rollback_path_documented',
          'log_to_siem',
        ],
        exceptions: [],
      },
      {
        name: 'tier4-destructive',
        match: { actionTier: new Set([4]) },
        effect: 'deny_by_default',
        requirements: [],
        exceptions: ['break_glass_runbook', 'multi_party_approval', 'recorded_session'],
      },
    ]);
  });

  it('gives notice of the servers that are not of this suite', () => {
    expect(policyFrom(seedText).notices).toEqual(
      ['billing', 'inventory', 'docs'].map(
        (server) => `Rule "tier1-read-only" names the server "${server}", which is not of this suite.`,
      ),
    );
  });

  it('means what it says: a server that no rule names is denied', () => {
    const policy = policyFrom(seedText);
    expect(policy.decide(facts())).toMatchObject({ effect: 'allow', rules: ['tier1-read-only'] });
    expect(policy.decide(facts({ server: 'logs' }))).toMatchObject({
      effect: 'deny_by_default',
      rules: ['floor:default_deny', 'floor:log_to_siem'],
    });
  });
});

describe('a policy file', () => {
  it('is read from its path, and its digest is that of its bytes', () => {
    const path = join(temporaryFolder(), 'policy.yaml');
    writeFileSync(path, seedText);
    const policy = loadPolicy({ path, knownServers: [], knownTools: {} });
    expect(policy.digest).toBe(policyFrom(seedText).digest);
    expect(policy.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(policyFrom(`${seedText}\n`).digest).not.toBe(policy.digest);
  });

  it('that cannot be read is named', () => {
    expect(() => loadPolicy({ path: '/nowhere/policy.yaml', knownServers: [], knownTools: {} })).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        message: expect.stringContaining('/nowhere/policy.yaml'),
      }),
    );
  });

  it.each([
    ['', 1, 'the file is empty'],
    ['# nothing', 1, 'no rules'],
    ['policies: []', 1, 'must not be empty'],
    ['policies: nope', 1, 'must be a mapping'],
    ['- a', 1, 'must be a mapping'],
    ['policies: [', 1, 'not YAML'],
    ['\u0000', 1, 'must be a mapping'],
    [rule('    effect: allow\n    when: "true"'), 5, '"when", which this version does not evaluate'],
    [rule('    effect: permit'), 4, 'unknown value "permit"'],
    [rule('    requirements: [log_to_siem]'), 2, 'effect of rule "one"'],
    [rule('    effect: allow\n    requirements: [be_nice]'), 5, 'unknown value "be_nice"'],
    [rule('    effect: allow\n    colour: red'), 5, 'unknown key "colour"'],
    [rule('    effect: allow\n    effect: allow'), 5, 'DUPLICATE_KEY'],
    [rule('    effect: allow\n    exceptions: [recorded_session]'), 5, 'deny_by_default alone'],
    [
      rule('    effect: allow\n  - name: one\n    match: { actionTier: 2 }\n    effect: allow'),
      5,
      'two rules',
    ],
    [rule('    effect: allow').replace('[1]', '[5]'), 3, 'no such action tier'],
    [rule('    effect: allow').replace('[1]', '["1"]'), 3, 'no such action tier'],
    [rule('    effect: allow').replace('[1]', '[]'), 3, 'must not be empty'],
    [rule('    effect: allow').replace('{ actionTier: [1] }', '{}'), 3, 'at least one key'],
    [rule('    effect: allow').replace('actionTier', 'planet'), 3, 'unknown key "planet"'],
    [rule('    effect: allow').replace('actionTier', '__proto__'), 3, 'unknown key "__proto__"'],
    [rule('    effect: allow').replace('name: one', 'name: floor:mine'), 2, 'are taken'],
    [rule('    effect: allow').replace('name: one', 'name: 7'), 2, 'must be text'],
    [
      rule('    effect: allow').replace('actionTier: [1]', 'server: metrics, tool: drop_tables'),
      3,
      'no tool "drop_tables"',
    ],
    [
      rule('    effect: allow').replace('actionTier: [1]', 'tool: metrics/drop_tables'),
      3,
      'no tool "drop_tables"',
    ],
    [rule('    effect: allow').replace('actionTier: [1]', 'tool: drop_tables'), 3, 'no tool "drop_tables"'],
    [
      rule('    effect: allow').replace('actionTier: [1]', `server: [${'m, '.repeat(300)}m]`),
      3,
      'more than 200',
    ],
    ['a: 1\npolicies: []', 1, 'unknown key "a"'],
    ['policies: &x\n  - *x', 2, 'anchors and aliases'],
    ['policies:\n  - !!binary aGk=', 2, 'must be a mapping'],
    ['policies:\n  - !custom x', 2, 'TAG_RESOLVE_FAILED'],
    ['policies: [x]\n---\npolicies: [y]', 2, 'MULTIPLE_DOCS'],
    [`policies: ${'['.repeat(50_000)}`, 1, 'RESOURCE_EXHAUSTION'],
    ['x'.repeat(2_000_000), 1, 'larger than'],
  ])('%#: is refused with file and line', (text, line, problem) => {
    expect(() => policyFrom(text)).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        message: expect.stringMatching(
          new RegExp(`^policy.yaml, line ${line}: .*${problem.replaceAll(/[[\]]/g, '\\$&')}`),
        ),
        hint: expect.stringMatching(/./),
      }),
    );
  });

  it('says what is accepted', () => {
    expect(() => policyFrom(rule('    effect: permit'))).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('allow_with_conditions') }),
    );
    expect(() => policyFrom(rule('    effect: allow').replace('actionTier', 'planet'))).toThrow(
      expect.objectContaining({ hint: 'Accepted: server, tool, actionTier, environment, service, owner.' }),
    );
  });

  it('refuses a bomb of aliases, which nobody could expand', () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) => `l${level + 1}: &l${level + 1} [*l${level}, *l${level}]`,
    );
    expect(() => policyFrom(`l0: &l0 [x]\n${levels.join('\n')}\npolicies: *l30`)).toThrow(
      /anchors and aliases/,
    );
  });

  it('may name a tool of a server whose definition is not at hand', () => {
    const text = rule('    effect: allow').replace('actionTier: [1]', 'server: metrics, tool: any_tool');
    const load = (knownTools: Record<string, string[]>) =>
      loadPolicy({ path: 'policy.yaml', text, knownServers: ['metrics', 'logs'], knownTools });
    expect(load({ logs: [] }).rules).toHaveLength(1);
    expect(() => load({ metrics: ['get_service_metrics'] })).toThrow(/no tool "any_tool"/);
  });
});
