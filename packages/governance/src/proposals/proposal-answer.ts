import type { AnyAction, JsonObject } from '@devops-mcp/contract';
import type { ProposalRecord } from '../model.js';
import type { Produced, Trip } from '../road/trip.js';
import { plainJson } from './binding.js';
import type { ProposalAnswer, ShownState } from './proposal-schemas.js';
import { line } from './rendering.js';
import type { RequirementFinding } from './requirements.js';

export interface AnswerParts {
  /** Where it differs from what the store says: an approval that counts no longer is awaited again. */
  readonly state?: ShownState;
  readonly required?: readonly RequirementFinding[];
  readonly rendering?: boolean;
}

/** A proposal as its requester sees it. `awaiting_executor` is how `approved` shows where an executor applies. */
export function proposalAnswer(trip: Trip, record: ProposalRecord, parts: AnswerParts = {}): Produced {
  const { binding } = record;
  const state = parts.state ?? shownState(record);
  const answer: ProposalAnswer = {
    proposalId: record.id,
    state,
    next: `${notEnforced(trip, record)}${nextStep(record, state)}`,
    action: binding.tool,
    environment: binding.environment,
    tier: binding.effectiveTier,
    bindingDigest: record.bindingDigest,
    expires: binding.expiresAt,
    ...(parts.required === undefined ? {} : { required: parts.required.map(shownRequirement) }),
    ...(parts.rendering === true ? { rendering: record.rendering } : {}),
    ...(record.outcome === null ? {} : { outcome: shownOutcome(record.outcome) }),
  };
  // Identifiers of ours look like secrets to a pattern for long opaque strings.
  const own = { proposalId: record.id, bindingDigest: record.bindingDigest };
  const structured = { ...trip.deps.redactor.json(plainJson(answer)), ...own };
  // Boundary: a redacted copy keeps its shape.
  return { kind: 'answer', structured, text: textOf(structured as unknown as ProposalAnswer) };
}

/** Beside what is approved and not in it: the executor, which derives that again, is on another machine. */
function notEnforced({ deps }: Trip, { binding }: ProposalRecord): string {
  const { notEnforced: text = null } = deps.readiness;
  return text === null || binding.environmentClass !== 'production' ? '' : `${text} `;
}

export function shownState(record: ProposalRecord): ShownState {
  return record.state === 'approved' && record.binding.executor !== 'local'
    ? 'awaiting_executor'
    : record.state;
}

/** What a person types to confirm, and what two conflicting proposals share. */
export function confirmationTarget(action: AnyAction, record: ProposalRecord): string {
  // Boundary: a binding's target is a `Target` turned into JSON.
  const target = record.binding.target as unknown as Parameters<
    NonNullable<AnyAction['confirmationText']>
  >[0];
  const text =
    action.confirmationText?.(target) ?? [...target.services, ...(target.resources ?? [])].join(',');
  return line(text === '' ? action.name : text).slice(0, 200);
}

export function outOfBandSteps({ id, binding }: ProposalRecord): string {
  const asked = `\`devops-mcp proposals export ${id}\` writes the request; an approver reads and signs it with \`devops-mcp approve\` on a machine of their own`;
  return binding.executor === 'local'
    ? `${asked}; then call execute_proposal again.`
    : `${asked}; then \`devops-mcp execute\` hands it with the approvals to the executor ${binding.executor}.`;
}

function nextStep(record: ProposalRecord, state: ShownState): string {
  switch (state) {
    case 'proposed':
      return 'Show the rendering to the user, then call execute_proposal.';
    case 'awaiting_approval':
      return `An approver has to decide: ${outOfBandSteps(record)}`;
    case 'awaiting_executor':
      return `Approved; the executor ${record.binding.executor} applies it: \`devops-mcp execute\` hands it the request and the approvals.`;
    case 'approved':
      return 'Call execute_proposal.';
    case 'consumed':
      return 'It is being applied; ask get_proposal for the outcome.';
    case 'ambiguous':
      return 'It is not known what was changed. Read the system, then propose again if needed; this proposal is never retried.';
    default:
      return 'Nothing more happens to this proposal.';
  }
}

function shownRequirement(finding: RequirementFinding) {
  return { name: finding.name, met: finding.met, how: finding.met ? finding.evidence : finding.how };
}

function shownOutcome(outcome: JsonObject) {
  const { summary, artifactRef, verified, error } = outcome;
  return {
    summary: typeof summary === 'string' ? summary : '',
    artifactRef: typeof artifactRef === 'string' ? artifactRef : null,
    verified: verified === true,
    ...(typeof error === 'string' ? { error } : {}),
  };
}

function textOf(answer: ProposalAnswer): string {
  const lines = [`Proposal ${answer.proposalId}: ${answer.state}, void after ${answer.expires}.`];
  if (answer.outcome !== undefined) {
    const { summary, artifactRef, verified } = answer.outcome;
    lines.push(`${summary}${artifactRef === null ? '' : ` (${artifactRef})`}${verified ? ' Verified.' : ''}`);
  }
  if (answer.rendering !== undefined) lines.push('', answer.rendering);
  for (const { name, met, how } of answer.required ?? [])
    lines.push(`${met ? 'met' : 'missing'}: ${name}: ${how}`);
  lines.push(`Digest: ${answer.bindingDigest}`, `Next: ${answer.next}`);
  return lines.join('\n');
}
