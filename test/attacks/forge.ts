import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { ActionPlan } from '@devops-mcp/contract';
import {
  type ActionBinding,
  bindingDigest,
  createSoftwareAuthenticator,
  parseRequestFile,
  planDigest,
  renderProposal,
  type SoftwareAuthenticator,
  type SshSigner,
  signDecision,
} from '@devops-mcp/governance';
import type { Sandbox } from '../end-to-end/world/sandbox.js';

/** A request file as a forger handles it: plain data. */
export interface Request {
  readonly format: string;
  readonly proposalId: string;
  readonly audience: string;
  readonly bindingDigest: string;
  readonly binding: ActionBinding;
  readonly plan: ActionPlan;
  readonly attachments: Readonly<Record<string, object>>;
  readonly rendering: string;
}

/**
 * The request after a change, made consistent again as whoever owns the requester's machine can do:
 * text, digests, id and audience follow. Only the truth of it and the signatures are missing.
 */
export function rebound(request: Request, change: Partial<ActionBinding>, plan = request.plan): Request {
  const unrendered = { ...request.binding, ...change, planDigest: planDigest(plan) };
  const rendering = renderProposal(unrendered, plan);
  const renderingDigest = createHash('sha256').update(`devops-mcp/rendering/v1\n${rendering}`).digest('hex');
  const binding = { ...unrendered, renderingDigest };
  const forged = {
    ...request,
    ...{ binding, plan, rendering },
    proposalId: `prop_${binding.nonce.slice(0, 26)}`,
    audience: binding.executor,
    bindingDigest: bindingDigest(binding),
  };
  // A forgery that is refused for its form alone would prove nothing about its content.
  parseRequestFile(JSON.stringify(forged));
  return forged;
}

export async function readRequest(file: string): Promise<Request> {
  return JSON.parse(await readFile(file, 'utf8'));
}

/** The keys of the sandbox's approvers, as an attacker without them cannot have them. */
export async function approverKeys(
  sandbox: Sandbox,
): Promise<{ readonly one: SoftwareAuthenticator; readonly two: SoftwareAuthenticator }> {
  const key = async (name: string) =>
    createSoftwareAuthenticator({
      privateKey: await readFile(sandbox.at('approver', `${name}.key`), 'utf8'),
    });
  return { one: await key('approver-one'), two: await key('approver-two') };
}

export interface Statement {
  readonly decision?: 'approve' | 'reject';
  readonly at?: Date;
}

/** Text of a decision file, signed as stated. */
export function decisionText(
  signer: Pick<SshSigner, 'sign'>,
  digest: string,
  { decision = 'approve', at = new Date() }: Statement = {},
): string {
  return JSON.stringify(signDecision(signer, { bindingDigest: digest, decision, at: at.toISOString() }));
}

let written = 0;
/** Writes texts into files of the sandbox. Resolves to their paths. */
export async function filesOf(sandbox: Sandbox, texts: readonly string[]): Promise<readonly string[]> {
  return Promise.all(
    texts.map(async (text) => {
      written += 1;
      const file = sandbox.at(`forged-${written}.json`);
      await writeFile(file, text);
      return file;
    }),
  );
}
