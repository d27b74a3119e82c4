import { type ActionPlan, type JsonObject, ToolError } from '@devops-mcp/contract';
import { z } from 'zod';
import { type ActionBinding, type ProposalRecord, requirementNames } from '../model.js';
import { planSchema } from '../road/checked-plan.js';
import { proposalId } from './binding.js';
import { bindingDigest, documentDigest, planDigest, renderingDigest } from './digest.js';
import { renderProposal } from './rendering.js';

const fileBytes = 1_000_000;
const nesting = 40;

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);
const name = z.string().min(1).max(200);
const jsonObject = z.record(z.string().max(1000), z.json());

const bindingSchema = z.strictObject({
  format: z.literal('devops-mcp/action-binding/v1'),
  server: name,
  serverVersion: name,
  tool: name,
  toolDigest: hex64,
  effectiveTier: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  environment: name,
  environmentClass: z.enum(['production', 'staging', 'development']),
  target: z.strictObject({
    environment: name,
    services: z.array(name).max(100),
    resources: z.array(z.string().max(500)).max(100).optional(),
  }),
  arguments: jsonObject,
  planDigest: hex64,
  renderingDigest: hex64,
  observed: jsonObject,
  reversal: planSchema.shape.reversal,
  blastRadius: planSchema.shape.blastRadius,
  limits: jsonObject,
  requester: z.strictObject({
    issuer: name,
    subject: name,
    client: z.string().max(400).nullable(),
    delegation: z.array(name).max(20),
    assurance: z.enum(['asserted', 'authenticated']),
  }),
  reason: z.string().max(500),
  changeRef: z.string().max(400).nullable(),
  policyDigest: z.string().max(200),
  requirements: z.array(z.enum(requirementNames)).max(requirementNames.length),
  executor: name,
  nonce: hex64,
  requestedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});

const fileSchema = z.strictObject({
  format: z.literal('devops-mcp/request/v1'),
  proposalId: z.string().max(100),
  audience: name,
  bindingDigest: hex64,
  binding: bindingSchema,
  plan: planSchema,
  attachments: z.record(hex64, jsonObject),
  rendering: z.string().max(300_000),
});

/** A proposal as it travels: whole, and consistent in itself. That it is true is for the executor to find. */
export interface RequestFile {
  readonly proposalId: string;
  readonly bindingDigest: string;
  readonly binding: ActionBinding;
  readonly plan: ActionPlan;
  readonly attachments: Readonly<Record<string, JsonObject>>;
  /** Made by this install from binding and plan; the text in the file was found equal to it. */
  readonly rendering: string;
}

/** The file that approvers read and sign, and that an executor is handed. */
export function exportProposal(record: ProposalRecord): string {
  const { id, binding, plan, attachments, rendering } = record;
  const file = {
    format: 'devops-mcp/request/v1',
    proposalId: id,
    audience: binding.executor,
    bindingDigest: record.bindingDigest,
    binding,
    plan,
    attachments,
    rendering,
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Reads a request file as what it is to an approver or an executor: input from somebody else.
 * @throws ToolError `invalid_input` naming the first thing that does not fit.
 */
export function parseRequestFile(text: string): RequestFile {
  if (Buffer.byteLength(text) > fileBytes) throw malformed('it is over a megabyte');
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw malformed('it is not JSON');
  }
  refuseDangerous(document, 0);
  const parsed = fileSchema.safeParse(document);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw malformed(`${issue?.path.map(String).join('.').slice(0, 100)}: ${issue?.message.slice(0, 200)}`);
  }
  // Boundary: the schema is strict and the types follow it; the document itself is kept, since its
  // digests are over exactly what it says.
  const file = document as RequestFile & { readonly audience: string };
  const problem = inconsistency(file);
  if (problem !== undefined) throw malformed(problem);
  const { bindingDigest: digest, binding, plan, attachments, rendering } = file;
  return { proposalId: file.proposalId, bindingDigest: digest, binding, plan, attachments, rendering };
}

function inconsistency(file: RequestFile & { readonly audience: string }): string | undefined {
  const { binding, plan } = file;
  if (bindingDigest(binding) !== file.bindingDigest)
    return 'the binding is not the one that its digest names';
  if (planDigest(plan) !== binding.planDigest) return 'the plan is not the one that was bound';
  if (proposalId(binding.nonce) !== file.proposalId) return 'the proposal id does not follow from its nonce';
  if (file.audience !== binding.executor) return 'the audience is not the executor that was bound';
  if (renderProposal(binding, plan) !== file.rendering) return 'the text is not what the change renders to';
  if (renderingDigest(file.rendering) !== binding.renderingDigest)
    return 'the text is not the one that was bound';
  const foreign = Object.entries(file.attachments).find(([id, document]) => documentDigest(document) !== id);
  return foreign === undefined ? undefined : 'an attachment is not the document that its id names';
}

/** Before anything recursive looks at it. */
function refuseDangerous(value: unknown, depth: number): void {
  if (depth > nesting) throw malformed('it is nested too deeply');
  if (value === null || typeof value !== 'object') return;
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__' || key === 'constructor' || key === 'prototype')
      throw malformed('it names a reserved key');
    refuseDangerous(item, depth + 1);
  }
}

function malformed(why: string): ToolError {
  return new ToolError('invalid_input', `The request file is refused: ${why}.`, {
    hint: '`devops-mcp proposals export` writes such a file; nothing in it may be edited.',
  });
}
