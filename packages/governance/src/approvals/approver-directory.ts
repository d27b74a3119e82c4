import { readFile } from 'node:fs/promises';
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

/** Signers and enrolments from files. Without enrolments nobody can approve for production. */
export function approverFiles(paths: {
  readonly allowedSigners: string;
  readonly enrolments?: string | undefined;
}): ApproverSource {
  return {
    load: async () => {
      const signers = parseAllowedSigners(await readFile(paths.allowedSigners, 'utf8'));
      const enrolments =
        paths.enrolments === undefined
          ? new Map<string, Enrolment>()
          : parseEnrolments(await readFile(paths.enrolments, 'utf8'));
      return approverDirectory(signers, enrolments);
    },
  };
}
