import type { JsonObject } from '@devops-mcp/contract';
import type { ActionBinding, Caller } from '../model.js';
import type { GovernedProcess } from '../road/dependencies.js';
import type { DerivedAction } from '../road/derive.js';
import { bindingDigest, canonicalJson, renderingDigest } from './digest.js';
import { renderProposal } from './rendering.js';

/** What is known beside what was derived. */
export interface BindingExtras {
  readonly tool: string;
  readonly input: JsonObject;
  readonly requester: ActionBinding['requester'];
  readonly reason: string;
  readonly changeRef: string | null;
  readonly nonce: string;
  readonly requestedAt: string;
  readonly expiresAt: string;
}

export interface BoundAction {
  readonly binding: ActionBinding;
  readonly digest: string;
  readonly rendering: string;
}

/** Ties everything that a person approves into one digest, the text that they are shown included. */
export function bindAction(
  deps: Pick<GovernedProcess, 'facts'>,
  derived: DerivedAction,
  extras: BindingExtras,
): BoundAction {
  const { plan, decision, executor } = derived;
  const unrendered = {
    format: 'devops-mcp/action-binding/v1',
    server: deps.facts.name,
    serverVersion: deps.facts.version,
    tool: extras.tool,
    toolDigest: derived.toolDigest,
    effectiveTier: derived.effectiveTier,
    environment: derived.environment.name,
    environmentClass: derived.environment.class,
    target: plainJson(derived.target),
    arguments: extras.input,
    planDigest: derived.planDigest,
    observed: plan.observed,
    reversal: plan.reversal,
    blastRadius: derived.blast.measured,
    limits: derived.blast.limits,
    requester: extras.requester,
    reason: extras.reason,
    changeRef: extras.changeRef,
    policyDigest: decision.policyDigest,
    requirements: decision.requirements,
    // An executor that is needed and missing is nobody's audience.
    executor: executor === undefined ? 'none' : executor === 'local' ? 'local' : executor.id,
    nonce: extras.nonce,
    requestedAt: extras.requestedAt,
    expiresAt: extras.expiresAt,
  } as const;
  const rendering = renderProposal(unrendered, plan);
  const binding: ActionBinding = { ...unrendered, renderingDigest: renderingDigest(rendering) };
  return { binding, digest: bindingDigest(binding), rendering };
}

export function requesterOf(caller: Caller): ActionBinding['requester'] {
  const { issuer, subject, client, delegation, assurance } = caller;
  return {
    issuer,
    subject,
    client: client === null ? null : `${client.name} ${client.version}`,
    delegation,
    assurance,
  };
}

/** `prop_` and the first 26 characters of the nonce. */
export function proposalId(nonce: string): string {
  return `prop_${nonce.slice(0, 26)}`;
}

/** Without undefined values and of plain objects alone, as it will be stored and compared. */
export function plainJson(value: object): JsonObject {
  // Boundary: parsed from the canonical JSON of an object.
  return JSON.parse(canonicalJson(value)) as JsonObject;
}
