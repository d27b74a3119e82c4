import { type Effect, effects, type PolicyFacts, type RequirementName, requirementNames } from '../model.js';
import type { Rule } from './rule.js';

/** What policy says, before the digest of the file is added. */
export interface Verdict {
  readonly effect: Effect;
  readonly requirements: readonly RequirementName[];
  readonly exceptions: readonly RequirementName[];
  readonly rules: readonly string[];
}

const breakGlass: readonly RequirementName[] = [
  'break_glass_runbook',
  'multi_party_approval',
  'recorded_session',
];

/**
 * Default deny; the most restrictive matching rule wins; requirements of all matching rules add up.
 * A call on several services or owners is decided for each of them, and the strictest answer holds:
 * a rule that permits one service says nothing of the others. A rule that names services or owners
 * does not match a call that names none. The floors come last, so that no rule gets below them.
 */
export function decide(rules: readonly Rule[], facts: PolicyFacts): Verdict {
  const bySubject = subjectsOf(rules, facts).map((subject) => {
    const matching = rules.filter((rule) => matches(rule, facts, subject));
    return { matching, verdict: combine(matching) };
  });
  const matching = new Set(bySubject.flatMap((each) => each.matching));
  const verdicts = bySubject.map((each) => each.verdict);
  const effect = strictest(verdicts.map((verdict) => verdict.effect));
  const denials = verdicts.filter((verdict) => verdict.effect === 'deny_by_default');
  return withFloors(facts, {
    effect,
    requirements: inOrder([...matching].flatMap((rule) => rule.requirements)),
    exceptions: commonExceptions(denials.map((verdict) => verdict.exceptions)),
    rules: [
      ...rules.filter((rule) => matching.has(rule)).map((rule) => rule.name),
      ...(bySubject.some((each) => each.matching.length === 0) ? ['floor:default_deny'] : []),
    ],
  });
}

interface Subject {
  readonly service: string | undefined;
  readonly owner: string | undefined;
}

/** One subject is enough as long as no rule tells services or owners apart. */
function subjectsOf(rules: readonly Rule[], facts: PolicyFacts): readonly Subject[] {
  const each = (key: 'service' | 'owner', values: readonly string[]): readonly (string | undefined)[] =>
    values.length > 0 && rules.some((rule) => rule.match[key] !== undefined) ? values : [undefined];
  const owners = each('owner', facts.owners);
  return each('service', facts.services).flatMap((service) => owners.map((owner) => ({ service, owner })));
}

function matches({ match }: Rule, facts: PolicyFacts, subject: Subject): boolean {
  const has = (set: ReadonlySet<string> | undefined, ...values: readonly (string | undefined)[]) =>
    set === undefined || values.some((value) => value !== undefined && set.has(value));
  return (
    (match.actionTier === undefined || match.actionTier.has(facts.actionTier)) &&
    has(match.server, facts.server) &&
    has(match.tool, facts.tool, `${facts.server}/${facts.tool}`) &&
    has(match.environment, facts.environment, facts.environmentClass) &&
    has(match.service, subject.service) &&
    has(match.owner, subject.owner)
  );
}

function combine(matching: readonly Rule[]): {
  readonly effect: Effect;
  readonly exceptions: readonly RequirementName[];
} {
  if (matching.length === 0) return { effect: 'deny_by_default', exceptions: [] };
  const denials = matching.filter((rule) => rule.effect === 'deny_by_default');
  return {
    effect: strictest(matching.map((rule) => rule.effect)),
    exceptions: commonExceptions(denials.map((rule) => rule.exceptions)),
  };
}

/** A denial without exceptions has none, whatever another denial would except. */
function commonExceptions(lists: readonly (readonly RequirementName[])[]): readonly RequirementName[] {
  return lists.some((list) => list.length === 0) ? [] : inOrder(lists.flat());
}

interface Floor {
  readonly name: string;
  readonly holds: (facts: PolicyFacts) => boolean;
  readonly raise: (verdict: Verdict) => Verdict;
}

/** What no file can weaken; a floor is named in the decision when it changed something. */
const floors: readonly Floor[] = [
  {
    name: 'floor:tier3_human_approval',
    holds: (facts) => facts.actionTier === 3,
    raise: (verdict) => atLeast(verdict, 'require_human_approval'),
  },
  {
    name: 'floor:tier4_deny',
    holds: (facts) => facts.actionTier === 4,
    raise: (verdict) => {
      if (verdict.effect !== 'deny_by_default')
        return { ...verdict, effect: 'deny_by_default', exceptions: breakGlass };
      // A denial with exceptions may ask for more than break-glass, and not for less.
      const excepted = verdict.exceptions.length > 0;
      return excepted ? { ...verdict, exceptions: inOrder([...verdict.exceptions, ...breakGlass]) } : verdict;
    },
  },
  {
    name: 'floor:production_executor',
    holds: (facts) => facts.actionTier >= 3 && facts.environmentClass === 'production',
    raise: (verdict) => requiring(verdict, 'executor_is_ci_or_control_plane'),
  },
  {
    name: 'floor:remote_transport',
    holds: (facts) => facts.actionTier >= 3 && facts.transport === 'streamable-http',
    raise: (verdict) => ({ ...verdict, effect: 'deny_by_default', exceptions: [] }),
  },
  {
    name: 'floor:log_to_siem',
    holds: () => true,
    raise: (verdict) => requiring(verdict, 'log_to_siem'),
  },
];

function withFloors(facts: PolicyFacts, verdict: Verdict): Verdict {
  return floors.reduce((current, floor) => {
    if (!floor.holds(facts)) return current;
    const raised = floor.raise(current);
    return isSame(raised, current) ? current : { ...raised, rules: [...current.rules, floor.name] };
  }, verdict);
}

function isSame(a: Verdict, b: Verdict): boolean {
  return (
    a.effect === b.effect &&
    a.requirements.length === b.requirements.length &&
    a.exceptions.length === b.exceptions.length
  );
}

function atLeast(verdict: Verdict, effect: Effect): Verdict {
  return { ...verdict, effect: strictest([verdict.effect, effect]) };
}

function requiring(verdict: Verdict, requirement: RequirementName): Verdict {
  return { ...verdict, requirements: inOrder([...verdict.requirements, requirement]) };
}

/** `effects` goes from permissive to restrictive. */
function strictest(found: readonly Effect[]): Effect {
  return effects[Math.max(...found.map((effect) => effects.indexOf(effect)))] ?? 'deny_by_default';
}

/** Each once, in the order of the model, so that equal policies give equal decisions. */
function inOrder(names: readonly RequirementName[]): readonly RequirementName[] {
  const found = new Set(names);
  return requirementNames.filter((name) => found.has(name));
}
