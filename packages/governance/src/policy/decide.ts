import type { Policy } from '../collaborators.js';
import { type Effect, effects, type PolicyFacts, type RequirementName } from '../model.js';
import type { PolicyRule } from './policy-file.js';

/** A policy from rules. Default deny; the most restrictive matching rule wins; requirements add up. */
export function policyOf(rules: readonly PolicyRule[], digest: string): Policy {
  return {
    digest,
    decide(facts) {
      const matching = rules.filter((rule) => matches(rule, facts));
      const floors = floorsFor(facts);
      const effect = strictest([
        ...(matching.length === 0 ? (['deny_by_default'] as const) : matching.map((rule) => rule.effect)),
        ...floors.map((floor) => floor.effect),
      ]);
      return {
        effect,
        requirements: unique([
          ...matching.flatMap((rule) => rule.requirements),
          ...floors.flatMap((floor) => floor.requirements),
        ]),
        exceptions: unique(matching.flatMap((rule) => rule.exceptions)),
        rules: [
          ...(matching.length === 0 ? ['floor:default-deny'] : matching.map((rule) => rule.name)),
          ...floors.map((floor) => floor.name),
        ],
        policyDigest: digest,
      };
    },
  };
}

/** Whether one effect is stricter than another. */
export function isStricter(a: Effect, than: Effect): boolean {
  return effects.indexOf(a) > effects.indexOf(than);
}

function matches({ match }: PolicyRule, facts: PolicyFacts): boolean {
  const one = (wanted: readonly (string | number)[], ...found: readonly (string | number)[]) =>
    wanted.length === 0 || found.some((value) => wanted.includes(value));
  return (
    one(match.server, facts.server) &&
    one(match.tool, facts.tool) &&
    one(match.actionTier, facts.actionTier) &&
    one(match.environment, facts.environment, `class:${facts.environmentClass}`) &&
    one(match.service, ...facts.services) &&
    one(match.owner, ...facts.owners)
  );
}

interface Floor {
  readonly name: string;
  readonly effect: Effect;
  readonly requirements: readonly RequirementName[];
}

/** What no file can weaken. */
function floorsFor(facts: PolicyFacts): readonly Floor[] {
  const floors: Floor[] = [
    { name: 'floor:everything-is-logged', effect: 'allow', requirements: ['log_to_siem'] },
  ];
  if (facts.actionTier === 3)
    floors.push({ name: 'floor:tier3-needs-people', effect: 'require_human_approval', requirements: [] });
  if (facts.actionTier === 3 && facts.environmentClass === 'production') {
    floors.push({
      name: 'floor:production-by-executor',
      effect: 'require_human_approval',
      requirements: ['executor_is_ci_or_control_plane'],
    });
  }
  if (facts.actionTier === 4)
    floors.push({ name: 'floor:tier4-denied', effect: 'deny_by_default', requirements: [] });
  if (facts.actionTier >= 3 && facts.transport === 'streamable-http') {
    // The seed's transport matrix: tier 3 remotely only in limited, reviewed cases, which this version has none of.
    floors.push({ name: 'floor:not-over-remote-transport', effect: 'deny_by_default', requirements: [] });
  }
  return floors;
}

function strictest(found: readonly Effect[]): Effect {
  return found.reduce<Effect>((worst, effect) => (isStricter(effect, worst) ? effect : worst), 'allow');
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
