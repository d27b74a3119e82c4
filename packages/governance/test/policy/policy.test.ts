import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PolicyFacts } from '../../src/model.js';
import { defaultPolicyText, loadPolicy, parsePolicy } from '../../src/policy/index.js';
import { readPolicyFile } from '../../src/policy/policy-file.js';

const servers = {
  metrics: ['get_service_metrics'],
  logs: ['search_logs'],
  deployments: ['scale_service'],
  alerts: ['silence_alert'],
  rollback: ['roll_back_service'],
};
const inventory = { servers };
const seedText = readFileSync(path.join(import.meta.dirname, 'seed-policy.yaml'), 'utf8');
const facts = (more: Partial<PolicyFacts> = {}): PolicyFacts => ({
  server: 'metrics',
  tool: 'get_service_metrics',
  actionTier: 1,
  environment: 'production',
  environmentClass: 'production',
  services: ['payments-api'],
  owners: ['group:default/team-payments'],
  transport: 'stdio',
  ...more,
});
const rule = (body: string) => `policies:\n  - name: one\n    match: { actionTier: [1, 2, 3, 4] }\n${body}`;

describe('the approval policy pattern', () => {
  const file = readPolicyFile(seedText, 'seed-policy.yaml', inventory);

  it('loads with every key as it stands', () => {
    expect(file.rules).toEqual([
      {
        name: 'tier1-read-only',
        match: { ...anything, server: ['billing', 'inventory', 'docs', 'metrics'], actionTier: [1] },
        effect: 'allow',
        requirements: ['log_to_siem'],
        exceptions: [],
      },
      {
        name: 'tier2-reversible-writes',
        match: { ...anything, actionTier: [2] },
        effect: 'allow_with_conditions',
        requirements: ['log_to_siem', 'owner_scope_check', 'change_ticket_or_issue_link'],
        exceptions: [],
      },
      {
        name: 'tier3-infra-mutation',
        match: { ...anything, actionTier: [3] },
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
        match: { ...anything, actionTier: [4] },
        effect: 'deny_by_default',
        requirements: [],
        exceptions: ['break_glass_runbook', 'multi_party_approval', 'recorded_session'],
      },
    ]);
  });

  it('notices the servers that are not of this suite', () => {
    expect(file.notices).toEqual(['servers outside this suite: billing, inventory, docs']);
  });

  it('means what it says: a server that no tier 1 rule names is denied', () => {
    const policy = parsePolicy(seedText, 'seed', inventory);
    expect(policy.decide(facts()).effect).toBe('allow');
    expect(policy.decide(facts({ server: 'logs' }))).toMatchObject({
      effect: 'deny_by_default',
      rules: expect.arrayContaining(['floor:default-deny']),
    });
  });
});

const anything = { server: [], tool: [], actionTier: [], environment: [], service: [], owner: [] };

describe('the default policy, every tier in every class', () => {
  const policy = parsePolicy(defaultPolicyText, 'default', inventory);
  const production3 = [
    'approved_change_request',
    'executor_is_ci_or_control_plane',
    'plan_or_dry_run_artifact',
    'rollback_path_documented',
    'log_to_siem',
  ];
  const cells = [
    [1, 'production', 'allow', ['log_to_siem']],
    [1, 'staging', 'allow', ['log_to_siem']],
    [1, 'development', 'allow', ['log_to_siem']],
    [1, 'none', 'allow', ['log_to_siem']],
    [
      2,
      'production',
      'allow_with_conditions',
      ['log_to_siem', 'owner_scope_check', 'change_ticket_or_issue_link'],
    ],
    [2, 'staging', 'allow_with_conditions', ['log_to_siem', 'owner_scope_check']],
    [2, 'development', 'allow_with_conditions', ['log_to_siem', 'owner_scope_check']],
    [2, 'none', 'deny_by_default', ['log_to_siem']],
    [3, 'production', 'require_human_approval', production3],
    [3, 'staging', 'require_human_approval', ['plan_or_dry_run_artifact', 'log_to_siem']],
    [3, 'development', 'require_human_approval', ['plan_or_dry_run_artifact', 'log_to_siem']],
    [3, 'none', 'deny_by_default', ['log_to_siem']],
    [4, 'production', 'deny_by_default', ['log_to_siem']],
    [4, 'staging', 'deny_by_default', ['log_to_siem']],
    [4, 'development', 'deny_by_default', ['log_to_siem']],
    [4, 'none', 'deny_by_default', ['log_to_siem']],
  ] as const;

  it.each(cells)('tier %i in %s: %s', (actionTier, environmentClass, effect, requirements) => {
    const decision = policy.decide(facts({ actionTier, environmentClass, environment: environmentClass }));
    expect(decision.effect).toBe(effect);
    expect([...decision.requirements].sort()).toEqual([...requirements].sort());
    expect(decision.policyDigest).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([3, 4] as const)('tier %i is not served over a remote transport', (actionTier) => {
    expect(policy.decide(facts({ actionTier, transport: 'streamable-http' })).effect).toBe('deny_by_default');
  });

  it('is what holds when the configuration names no file', async () => {
    const loaded = await loadPolicy(null, inventory);
    expect(loaded.digest).toBe(policy.digest);
  });
});

describe('floors', () => {
  const weak = parsePolicy(rule('    effect: allow'), 'weak', inventory);
  it.each([
    [1, 'allow'],
    [2, 'allow'],
    [3, 'require_human_approval'],
    [4, 'deny_by_default'],
  ] as const)('a file that allows everything gets %i: %s', (actionTier, effect) => {
    const decision = weak.decide(facts({ actionTier }));
    expect(decision.effect).toBe(effect);
    expect(decision.requirements).toContain('log_to_siem');
  });

  it('keep production changes with an executor', () => {
    expect(weak.decide(facts({ actionTier: 3 })).requirements).toContain('executor_is_ci_or_control_plane');
    expect(weak.decide(facts({ actionTier: 3, environmentClass: 'staging' })).requirements).not.toContain(
      'executor_is_ci_or_control_plane',
    );
  });
});

describe('several rules', () => {
  const policy = parsePolicy(
    `policies:
  - { name: open, match: { actionTier: [1, 2] }, effect: allow }
  - { name: careful, match: { service: payments-api, actionTier: 2 }, effect: allow_with_conditions, requirements: [owner_scope_check] }
  - { name: frozen, match: { owner: "group:default/team-ledger", tool: silence_alert }, effect: deny_by_default }
  - { name: named, match: { environment: eu-production, actionTier: [1] }, effect: require_human_approval }`,
    'several',
    inventory,
  );
  it('the strictest wins and requirements add up', () => {
    expect(policy.decide(facts({ actionTier: 2 }))).toMatchObject({
      effect: 'allow_with_conditions',
      requirements: ['owner_scope_check', 'log_to_siem'],
      rules: ['open', 'careful', 'floor:everything-is-logged'],
    });
    expect(policy.decide(facts({ actionTier: 2, services: ['search'] })).effect).toBe('allow');
    expect(
      policy.decide(facts({ tool: 'silence_alert', owners: ['group:default/team-ledger'] })).effect,
    ).toBe('deny_by_default');
    expect(policy.decide(facts({ environment: 'eu-production' })).effect).toBe('require_human_approval');
  });
});

describe('a file that is not understood stops the start', () => {
  it.each([
    ['', 'no policies'],
    ['policies: []', 'at least one rule'],
    ['policies: nope', 'at least one rule'],
    ['- a', 'no policies'],
    ['policies: [', 'cannot be read'],
    [rule('    effect: allow\n    when: "true"'), 'when'],
    [rule('    effect: permit'), 'unknown effect "permit"'],
    [rule('    effect: allow\n    requirements: [be_nice]'), 'unknown requirement "be_nice"'],
    [rule('    effect: allow\n    colour: red'), 'unknown key "colour"'],
    [rule('    effect: allow\n    effect: allow'), 'cannot be read'],
    ['policies:\n  - { name: a, match: { actionTier: [5] }, effect: allow }', 'tier 5'],
    ['policies:\n  - { name: a, match: { actionTier: [] }, effect: allow }', 'matches nothing'],
    [
      'policies:\n  - { name: a, match: { server: metrics, tool: drop_tables }, effect: allow }',
      'no tool "drop_tables"',
    ],
    ['policies:\n  - { name: a, match: { planet: mars }, effect: allow }', 'unknown key "planet"'],
    ['policies:\n  - { name: a, match: { __proto__: { server: x } }, effect: allow }', '__proto__'],
    ['policies:\n  - { match: { actionTier: [1] }, effect: allow }', '"name" must be'],
    [
      'policies:\n  - { name: a, match: { actionTier: [1] }, effect: allow }\n  - { name: a, match: { actionTier: [2] }, effect: allow }',
      'two rules',
    ],
    ['a: &x [1]\npolicies: *x', 'unknown key'],
    [
      `policies:\n  - name: a\n    match: { server: [${'m, '.repeat(300)}m] }\n    effect: allow`,
      'more than 200',
    ],
    ['x'.repeat(300_000), 'larger than'],
  ])('%j', (text, problem) => {
    expect(() => parsePolicy(text, 'policy.yaml', inventory)).toThrowError(
      expect.objectContaining({
        code: 'invalid_input',
        message: expect.stringMatching(new RegExp(`policy.yaml:\\d+: .*${problem}`)),
      }),
    );
  });

  it('names the line', () => {
    expect(() => parsePolicy(rule('    effect: permit'), 'policy.yaml', inventory)).toThrowError(
      /policy\.yaml:4:/,
    );
  });

  it('says so when the file is missing', async () => {
    await expect(loadPolicy('/nowhere/policy.yaml', inventory)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});
