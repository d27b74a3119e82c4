import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { type JsonObject, ToolError } from '@devops-mcp/contract';
import { z } from 'zod';
import { canonicalJson } from '../proposals/digest.js';

const outcomeSchema = z.strictObject({
  format: z.literal('devops-mcp/executor-outcome/v1'),
  executor: z.string().min(1).max(200),
  proposalId: z.string().max(100),
  bindingDigest: z.string().regex(/^[0-9a-f]{64}$/),
  state: z.enum(['succeeded', 'failed', 'ambiguous']),
  outcome: z.record(z.string().max(1000), z.json()),
  at: z.iso.datetime(),
});
export interface ExecutorOutcome extends Readonly<Omit<z.output<typeof outcomeSchema>, 'outcome'>> {
  readonly outcome: JsonObject;
}

const fileSchema = z.strictObject({ report: outcomeSchema, signature: z.string().max(200) });
const fileBytes = 300_000;

/**
 * The executor's word on what became of a proposal, signed with its Ed25519 key.
 * @param privateKey PKCS#8 PEM.
 */
export function signOutcome(report: ExecutorOutcome, privateKey: string): string {
  const signature = sign(null, signedText(report), createPrivateKey(privateKey)).toString('base64');
  return `${JSON.stringify({ report, signature }, null, 2)}\n`;
}

/**
 * @param publicKey SPKI PEM, from the configuration of the requester's side.
 * @throws ToolError `invalid_input` for a malformed file, `denied` for one that this key did not sign.
 */
export function verifyOutcome(text: string, publicKey: string): ExecutorOutcome {
  let file: z.output<typeof fileSchema>;
  try {
    if (text.length > fileBytes) throw new RangeError('too long');
    file = fileSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ToolError('invalid_input', 'The file is not the report of an executor.', { cause });
  }
  const valid = verify(
    null,
    signedText(file.report),
    createPublicKey(publicKey),
    Buffer.from(file.signature, 'base64'),
  );
  if (!valid) throw new ToolError('denied', 'The report was not signed by the configured executor.');
  return file.report;
}

function signedText(report: ExecutorOutcome): Buffer {
  return Buffer.from(`devops-mcp/executor-outcome/v1\n${canonicalJson(report)}`, 'utf8');
}
