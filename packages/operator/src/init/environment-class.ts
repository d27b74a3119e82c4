import type { EnvironmentClass } from '@devops-mcp/contract';
import { looksLikeProduction, looksLocal } from '../doctor/exposure/production-name.js';

/** What a person says of a cluster or an address; `skip` leaves it out. */
export type Choice = EnvironmentClass | 'skip';

export const choices = ['production', 'staging', 'development', 'skip'] as const satisfies readonly Choice[];

/** What a name suggests; undefined when it tells nothing. What looks like production never gets less. */
export function suggestClass(name: string): EnvironmentClass | undefined {
  if (looksLikeProduction(name)) return 'production';
  if (/(^|[^a-z])(staging|stage|stg|uat|preview|qa)([^a-z]|$)/i.test(name)) return 'staging';
  if (looksLocal(name) || /(^|[^a-z])(dev|develop|development|test|sandbox|lab)([^a-z]|$)/i.test(name)) {
    return 'development';
  }
  return undefined;
}

/** A choice by its name or its first letter; undefined for anything else. */
export function readChoice(text: string): Choice | undefined {
  const typed = text.trim().toLowerCase();
  return choices.find((choice) => choice === typed || (typed.length === 1 && choice.startsWith(typed)));
}
