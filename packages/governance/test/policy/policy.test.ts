import { describe, expect, it } from 'vitest';
import { effects } from '../../src/model.js';
import { defaultPolicyText } from '../../src/policy/index.js';
import { facts, policyFrom } from './policy-facts.js';

const everything = (effect: string, more = '') =>
  `policies:\n  - { name: one, match: { actionTier: [1, 2, 3, 4] }, effect: ${effect}${more} }`;

describe('the default policy, every tier in every class', () => {
  const policy = policyFrom(defaultPolicyText);
  const production3 = [
    'log_to_siem',
    'approved_change_request',
    'executor_is_ci_or_control_plane',
    'plan_or_dry_run_artifact',
    'rollback_path_documented',
  ];
  const owned = ['log_to_siem', 'owner_scope_check'];
  const production4 = ['log_to_siem', 'executor_is_ci_or_control_plane'];
  it.each([
    [1, 'production', 'allow', ['log_to_siem']],
    [1, 'staging', 'allow', ['log_to_siem']],
    [1, 'development', 'allow', ['log_to_siem']],
    [1, 'none', 'allow', ['log_to_siem']],
    [2, 'production', 'allow_with_conditions', [...owned, 'change_ticket_or_issue_link']],
    [2, 'staging', 'allow_with_conditions', owned],
    [2, 'development', 'allow_with_conditions', owned],
    [2, 'none', 'deny_by_default', ['log_to_siem']],
    [3, 'production', 'require_human_approval', production3],
    [3, 'staging', 'require_human_approval', ['log_to_siem', 'plan_or_dry_run_artifact']],
    [3, 'development', 'require_human_approval', ['log_to_siem', 'plan_or_dry_run_artifact']],
    [3, 'none', 'deny_by_default', ['log_to_siem']],
    [4, 'production', 'deny_by_default', production4],
    [4, 'staging', 'deny_by_default', ['log_to_siem']],
    [4, 'development', 'deny_by_default', ['log_to_siem']],
    [4, 'none', 'deny_by_default', ['log_to_siem']],
  ] as const)('tier %i in %s: %s', (actionTier, environmentClass, effect, requirements) => {
    const environment = environmentClass === 'none' ? 'none' : `eu-${environmentClass}`;
    const decision = policy.decide(facts({ actionTier, environmentClass, environment }));
    expect(decision).toMatchObject({ effect, requirements, policyDigest: policy.digest });
    expect(decision.exceptions).toEqual(
      actionTier === 4 ? ['break_glass_runbook', 'multi_party_approval', 'recorded_session'] : [],
    );
  });

  it.each(['metrics', 'logs', 'deployments', 'alerts', 'rollback'])('lets %s read', (server) => {
    expect(policy.decide(facts({ server })).effect).toBe('allow');
  });

  it('denies a server that is not of the suite', () => {
    expect(policy.decide(facts({ server: 'billing' })).effect).toBe('deny_by_default');
  });

  it('takes the name of an environment for nothing: production under another name is production', () => {
    const named = facts({ actionTier: 3, environment: 'staging', environmentClass: 'production' });
    expect(policy.decide(named).requirements).toContain('approved_change_request');
  });

  it('gives no notices', () => {
    expect(policy.notices).toEqual([]);
  });
});

describe('floors', () => {
  it.each(effects)('hold under a file that says %s for everything', (effect) => {
    const policy = policyFrom(everything(effect));
    const atLeast = (index: number) => effects[Math.max(effects.indexOf(effect), index)];
    expect(policy.decide(facts({ actionTier: 1 })).effect).toBe(effect);
    expect(policy.decide(facts({ actionTier: 2 })).effect).toBe(effect);
    expect(policy.decide(facts({ actionTier: 3 })).effect).toBe(atLeast(2));
    expect(policy.decide(facts({ actionTier: 4 })).effect).toBe('deny_by_default');
    for (const actionTier of [1, 2, 3, 4] as const) {
      expect(policy.decide(facts({ actionTier })).requirements).toContain('log_to_siem');
    }
  });

  it('are named when they changed something, and only then', () => {
    const open = policyFrom(everything('allow'));
    expect(open.decide(facts({ actionTier: 3 }))).toMatchObject({
      rules: ['one', 'floor:tier3_human_approval', 'floor:production_executor', 'floor:log_to_siem'],
      requirements: ['log_to_siem', 'executor_is_ci_or_control_plane'],
    });
    const strict = policyFrom(everything('deny_by_default', ', requirements: [log_to_siem]'));
    expect(strict.decide(facts({ actionTier: 1 })).rules).toEqual(['one']);
  });

  it('ask break-glass for tier 4, also of a file that asks for less, and leave a plain denial alone', () => {
    const trio = ['break_glass_runbook', 'multi_party_approval', 'recorded_session'];
    const exceptions = (text: string) => policyFrom(text).decide(facts({ actionTier: 4 })).exceptions;
    expect(exceptions(everything('allow'))).toEqual(trio);
    expect(exceptions(everything('deny_by_default', ', exceptions: [recorded_session]'))).toEqual(trio);
    expect(exceptions(everything('deny_by_default'))).toEqual([]);
  });

  it('leave production tier 3 to an executor, and only production', () => {
    const open = policyFrom(everything('allow'));
    const requirements = (environmentClass: 'production' | 'staging') =>
      open.decide(facts({ actionTier: 3, environmentClass })).requirements;
    expect(requirements('production')).toContain('executor_is_ci_or_control_plane');
    expect(requirements('staging')).not.toContain('executor_is_ci_or_control_plane');
  });

  it.each([
    [1, 'allow'],
    [2, 'allow'],
    [3, 'deny_by_default'],
    [4, 'deny_by_default'],
  ] as const)('over a remote transport tier %i is %s', (actionTier, effect) => {
    const decision = policyFrom(everything('allow')).decide(
      facts({ actionTier, transport: 'streamable-http' }),
    );
    expect(decision.effect).toBe(effect);
    expect(decision.exceptions).toEqual([]);
    if (actionTier > 2) expect(decision.rules).toContain('floor:remote_transport');
  });
});

describe('several rules', () => {
  const policy = policyFrom(`policies:
  - { name: open, match: { actionTier: [1, 2] }, effect: allow }
  - { name: careful, match: { service: payments-api, actionTier: 2 }, effect: allow_with_conditions, requirements: [owner_scope_check] }
  - { name: frozen, match: { owner: "group:default/team-ledger", tool: alerts/silence_alert }, effect: deny_by_default }
  - { name: named, match: { environment: eu-production, actionTier: [1] }, effect: require_human_approval, requirements: [plan_or_dry_run_artifact] }`);

  it('the strictest wins and requirements add up', () => {
    expect(policy.decide(facts({ actionTier: 2 }))).toMatchObject({
      effect: 'allow_with_conditions',
      requirements: ['log_to_siem', 'owner_scope_check'],
      rules: ['open', 'careful', 'floor:log_to_siem'],
    });
    expect(policy.decide(facts({ actionTier: 2, services: ['search'] })).effect).toBe('allow');
    expect(policy.decide(facts({ environment: 'eu-production' }))).toMatchObject({
      effect: 'require_human_approval',
      requirements: ['log_to_siem', 'plan_or_dry_run_artifact'],
    });
  });

  it('a tool is matched by its name and by server and name', () => {
    const owners = ['group:default/team-ledger'];
    expect(policy.decide(facts({ server: 'alerts', tool: 'silence_alert', owners })).effect).toBe(
      'deny_by_default',
    );
    expect(policy.decide(facts({ server: 'logs', tool: 'silence_alert', owners })).effect).toBe('allow');
  });

  it('an exception counts only when every denial has it', () => {
    const two = policyFrom(`policies:
  - { name: a, match: { actionTier: 1 }, effect: deny_by_default, exceptions: [recorded_session] }
  - { name: b, match: { service: payments-api }, effect: deny_by_default }`);
    expect(two.decide(facts()).exceptions).toEqual([]);
    expect(two.decide(facts({ services: ['search'] })).exceptions).toEqual(['recorded_session']);
  });
});

describe('a call on several services', () => {
  const policy = policyFrom(`policies:
  - { name: ours, match: { service: [payments-api, search] }, effect: allow }
  - { name: theirs, match: { service: ledger }, effect: allow_with_conditions, requirements: [owner_scope_check] }
  - { name: owned, match: { owner: "group:default/team-web", actionTier: 2 }, effect: deny_by_default }`);

  it('is decided for each, and the strictest holds', () => {
    expect(policy.decide(facts({ services: ['payments-api', 'search'] })).effect).toBe('allow');
    expect(policy.decide(facts({ services: ['payments-api', 'ledger'] }))).toMatchObject({
      effect: 'allow_with_conditions',
      requirements: ['log_to_siem', 'owner_scope_check'],
      rules: ['ours', 'theirs', 'floor:log_to_siem'],
    });
  });

  it('is denied when one of them is permitted by no rule', () => {
    expect(policy.decide(facts({ services: ['payments-api', 'unknown'] }))).toMatchObject({
      effect: 'deny_by_default',
      rules: ['ours', 'floor:default_deny', 'floor:log_to_siem'],
    });
  });

  it('is denied when one of their owners is', () => {
    const owners = ['group:default/team-payments', 'group:default/team-web'];
    expect(policy.decide(facts({ actionTier: 2, owners })).effect).toBe('deny_by_default');
  });

  it('is not matched by a rule on services when it names none', () => {
    expect(policy.decide(facts({ services: [] })).effect).toBe('deny_by_default');
  });
});
