import { readFile } from 'node:fs/promises';
import { ToolError } from '@devops-mcp/contract';
import { type AllowedSigner, parseAllowedSigners } from './allowed-signers.js';
import { type Enrolment, parseEnrolments } from './enrolments.js';

/** Who may approve, at the moment it was read. */
export interface ApproverDirectory {
  /** The signers of a key, by its fingerprint: one line each. */
  signers(fingerprint: string): readonly AllowedSigner[];
  enrolment(fingerprint: string): Enrolment | undefined;
  /** The signers that stand for a person of this name, by enrolment or as a principal. */
  signersNamed(name: string): readonly AllowedSigner[];
}

/** Read anew for every decision, so that a removed signer counts no longer. */
export interface ApproverSource {
  load(): Promise<ApproverDirectory>;
}

export function approverDirectory(
  allowedSigners: readonly AllowedSigner[],
  enrolments: ReadonlyMap<string, Enrolment>,
): ApproverDirectory {
  return {
    signers: (fingerprint) => allowedSigners.filter((signer) => signer.fingerprint === fingerprint),
    enrolment: (fingerprint) => enrolments.get(fingerprint),
    signersNamed: (name) =>
      allowedSigners.filter(
        ({ fingerprint, principals }) =>
          principals.includes(name) || enrolments.get(fingerprint)?.person === name,
      ),
  };
}

/**
 * Signers and enrolments from files. Without enrolments nobody can approve for production.
 * `load` throws ToolError `unavailable` for a file that cannot be read, `invalid_input` for a malformed one.
 */
export function approverFiles(paths: {
  readonly allowedSigners: string;
  readonly enrolments?: string | undefined;
}): ApproverSource {
  return {
    load: async () => {
      const signers = parseAllowedSigners(await text(paths.allowedSigners, 'allowedSigners'));
      const enrolments =
        paths.enrolments === undefined
          ? new Map<string, Enrolment>()
          : parseEnrolments(await text(paths.enrolments, 'enrolments'));
      return approverDirectory(signers, enrolments);
    },
  };
}

async function text(path: string, setting: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new ToolError('unavailable', `The file of \`approvers.${setting}\` cannot be read.`, {
      hint: 'Without it no approval counts.',
      cause,
    });
  }
}
