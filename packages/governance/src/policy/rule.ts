import type { RiskTier } from '@devops-mcp/contract';
import type { Effect, RequirementName } from '../model.js';

/** What a rule's `match` may name. A rule matches when every key it has matches. */
export const matchKeys = ['server', 'tool', 'actionTier', 'environment', 'service', 'owner'] as const;
export type MatchKey = (typeof matchKeys)[number];

/** One rule of a policy file, checked. */
export interface Rule {
  readonly name: string;
  readonly match: {
    readonly actionTier?: ReadonlySet<RiskTier>;
  } & { readonly [K in Exclude<MatchKey, 'actionTier'>]?: ReadonlySet<string> };
  readonly effect: Effect;
  readonly requirements: readonly RequirementName[];
  readonly exceptions: readonly RequirementName[];
}
