import { type ActionPlan, blastRadiusDimensions, type JsonObject, type Target } from '@devops-mcp/contract';
import type { ActionBinding } from '../model.js';
import { canonicalJson } from './digest.js';

const tierNames = {
  1: 'read-only',
  2: 'reversible write',
  3: 'infrastructure mutation',
  4: 'destructive or high blast radius',
} as const;

/**
 * The one text that a person is shown before approving; its digest is part of what is approved.
 * Text from outside cannot lie about its place: control and direction characters are shown as
 * their code points, single values stay on their line, and each line of a diff is marked.
 */
export function renderProposal(binding: Omit<ActionBinding, 'renderingDigest'>, plan: ActionPlan): string {
  const { requester, effectiveTier } = binding;
  const client = requester.client === null ? '' : ` through ${line(requester.client)}`;
  const behalf =
    requester.delegation.length === 0 ? '' : `, for ${requester.delegation.map(line).join(', ')}`;
  const lines = [
    `${binding.tool} on ${targetText(binding)} in ${line(binding.environment)} (${binding.environmentClass})`,
    `Tier ${effectiveTier}, ${tierNames[effectiveTier]}. Server ${binding.server} ${line(binding.serverVersion)}.`,
    '',
    `Change: ${line(plan.summary)}`,
    ...diffLines(plan.diff),
    ...(plan.warnings ?? []).map((warning) => `Warning: ${line(warning)}`),
    '',
    `Asked for: ${line(canonicalJson(binding.arguments))}`,
    `Reason given: ${line(binding.reason)}`,
    `Change reference: ${binding.changeRef === null ? 'none' : line(binding.changeRef)}`,
    `Requested by: ${line(requester.subject)} (${requester.assurance} by ${line(requester.issuer)})${client}${behalf}`,
    `Requested at ${binding.requestedAt}, void after ${binding.expiresAt}`,
    '',
    ...blastRadiusLines(binding),
    `Undo: ${undoText(binding)}`,
    `Seen before: ${line(canonicalJson(binding.observed))}`,
    `Applied by: ${binding.executor === 'local' ? 'this server, after confirmation' : `executor ${line(binding.executor)}`}`,
    `Policy asks: ${binding.requirements.join(', ') || 'nothing more'}`,
    `Plan ${binding.planDigest}`,
    `Policy ${binding.policyDigest}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** One line of text in which nothing is hidden. */
export function line(text: string): string {
  return text.replace(unseen, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

// Control (Cc), format (Cf: direction marks, zero width), line and paragraph separators, surrogates,
// private use, what shows as nothing (DI), and spaces that are not a space.
const unseen =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{DI}\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]/gu;

function diffLines(diff: string): string[] {
  if (diff === '') return ['(no diff)'];
  return diff
    .replace(/\n$/, '')
    .split('\n')
    .map((text) => `  | ${line(text).replaceAll('\\u{9}', '  ')}`);
}

function targetText(binding: Omit<ActionBinding, 'renderingDigest'>): string {
  // Boundary: a binding's target is a `Target` turned into JSON.
  const { services = [], resources = [] } = binding.target as unknown as Partial<Target>;
  const names = [...services, ...resources].map(line);
  return names.length === 0 ? 'no named target' : names.join(', ');
}

function blastRadiusLines(binding: Omit<ActionBinding, 'renderingDigest'>): string[] {
  const touched = Object.entries(binding.blastRadius);
  if (touched.length === 0) return ['Touches: nothing that is counted'];
  return touched.map(([dimension, value]) => {
    const meaning = blastRadiusDimensions[dimension as keyof typeof blastRadiusDimensions];
    const limit = (binding.limits as Record<string, JsonObject | undefined>)[dimension];
    const within = limit === undefined ? '' : `, limits ${line(canonicalJson(limit))}`;
    return `Touches: ${value} ${meaning}${within}`;
  });
}

function undoText({ reversal }: Omit<ActionBinding, 'renderingDigest'>): string {
  return reversal.kind === 'reversible' ? line(reversal.how) : `CANNOT BE UNDONE: ${line(reversal.why)}`;
}
