import { stringify } from 'yaml';
import { z } from 'zod';

/** Somebody who may approve in this sandbox, with the key that the caller made for them. */
export interface SandboxApprover {
  /** Entity reference, such as `user:default/approver-one`. */
  readonly person: string;
  /** As in `allowed_signers`, such as `approver-one@example.com`. */
  readonly principal: string;
  /** `type base64`, without a comment. */
  readonly publicKey: string;
  /** `SHA256:...` of the key; names its enrolment. */
  readonly fingerprint: string;
  /** Environments for which the key is enrolled; empty: in `allowed_signers` and not enrolled. */
  readonly environments: readonly string[];
  readonly hardware: boolean;
  readonly note?: string;
  /** The key's file in `approver/`: its name and content. */
  readonly privateKey?: { readonly file: string; readonly content: string };
}

const oneLine = z
  .string()
  .min(1)
  .max(2_000)
  .regex(/^[^\r\n"]+$/);

/** Refuses anything that would become a second line of `allowed_signers`. */
export const sandboxApprover = z.object({
  person: oneLine,
  principal: oneLine.regex(/^[^\s,*?!]+$/),
  publicKey: oneLine.regex(/^[A-Za-z0-9@.-]+ [A-Za-z0-9+/=]+$/),
  fingerprint: oneLine.regex(/^SHA256:[A-Za-z0-9+/]{43}$/),
  environments: z.array(oneLine).max(20),
  hardware: z.boolean(),
  note: z.string().max(500).optional(),
  privateKey: z
    .object({ file: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/), content: z.string().max(20_000) })
    .optional(),
});

export function renderAllowedSigners(approvers: readonly SandboxApprover[]): string {
  const lines = approvers.map(
    ({ principal, publicKey }) => `${principal} namespaces="devops-mcp-approval" ${publicKey}\n`,
  );
  return `# Who may sign approvals in this sandbox.\n${lines.join('')}`;
}

export function renderEnrolments(approvers: readonly SandboxApprover[], nowMs: number): string {
  const enrolled = new Date(nowMs).toISOString().slice(0, 10);
  const keys = approvers
    .filter((approver) => approver.environments.length > 0)
    .map((approver) => [
      approver.fingerprint,
      {
        person: approver.person,
        roles: ['approver'],
        environments: [...approver.environments],
        enrolled,
        by: 'user:default/change-manager',
        evidence: 'record',
        hardware: approver.hardware,
        ...(approver.note === undefined ? {} : { note: approver.note }),
      },
    ]);
  return stringify({ version: 1, keys: Object.fromEntries(keys) }, { lineWidth: 0 });
}
