import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { ToolError } from '@devops-mcp/contract';
import {
  type ActionBinding,
  approvalMessage,
  approvalNamespace,
  approveProposal,
  createSoftwareAuthenticator,
  createSshSigner,
  type ProposalRecord,
  parseApprovalFile,
  parseRequestFile,
  recordDecision,
  rejectProposal,
  type SignedDecision,
  type SshSigner,
  signDecision,
} from '@devops-mcp/governance';
import type { Command } from 'commander';
import { type Administration, administer } from '../administration/administration.js';
import { confirmByTyping, guarded, note, print } from '../terminal.js';
import { manifestVersion } from '../version.js';
import { proposal } from './proposals.js';

interface Options {
  readonly config?: string;
  readonly key?: string;
  readonly softwareKey?: string;
  readonly signature?: string;
  readonly approval?: string;
  readonly out?: string;
  readonly confirm?: string;
}

/** `approve` and `reject`: read what is shown, sign it, and hand the signed decision on or record it. */
export function addDecisionCommands(program: Command): void {
  for (const decision of ['approve', 'reject'] as const) {
    program
      .command(decision)
      .description(`${decision} a proposal with your key, after reading it`)
      .argument('<request>', 'a request file, or the id of a proposal in this state folder')
      .option('--key <file>', 'an unencrypted ssh-ed25519 key; counts outside production only')
      .option(
        '--signature <file>',
        'what `ssh-keygen -Y sign` made of the text this command shows (security keys)',
      )
      .option('--software-key <file>', 'a software authenticator of a sandbox')
      .option('--approval <file>', 'a decision that was signed elsewhere: check and record it here')
      .option('--out <file>', 'write the signed decision to a file instead of recording it here')
      .option('--confirm <target>', 'the target, where nobody can be asked')
      .option('--config <file>', 'devops-mcp.yaml')
      .action((request: string, options: Options) => guarded(() => decide(decision, request, options)));
  }
}

async function decide(decision: 'approve' | 'reject', request: string, options: Options): Promise<void> {
  if (existsSync(request)) return decideOnFile(decision, await readFile(request, 'utf8'), options);
  await administer(options.config, manifestVersion, async (admin) => {
    const record = await proposal(admin, request);
    print(record.rendering);
    const signed = await signedDecision(decision, record, options);
    if (options.out !== undefined) return writeDecision(options.out, signed);
    await recordHere(admin, record, signed, decision);
  });
}

/** On an approver's own machine: only the file and this install are needed. */
async function decideOnFile(decision: 'approve' | 'reject', text: string, options: Options): Promise<void> {
  const file = parseRequestFile(text);
  print(file.rendering);
  const signed = await signedDecision(decision, file, options);
  if (options.out === undefined)
    throw new ToolError('invalid_input', 'A request file is decided on into a file.', {
      hint: 'Add --out decision.json and hand that to the executor or the requester.',
    });
  await writeDecision(options.out, signed);
}

async function signedDecision(
  decision: 'approve' | 'reject',
  subject: { readonly binding: ActionBinding; readonly bindingDigest: string },
  options: Options,
): Promise<SignedDecision> {
  if (options.approval !== undefined) return parseApprovalFile(await readFile(options.approval, 'utf8'));
  const statement = { bindingDigest: subject.bindingDigest, decision, at: await decisionTime(options) };
  await confirmByTyping(targetOf(subject.binding), options.confirm);
  if (options.key !== undefined)
    return signDecision(createSshSigner(await readFile(options.key, 'utf8')), statement);
  if (options.softwareKey !== undefined) {
    note(
      'This signs with a software key, which proves nothing about a person. It counts only where it was enrolled, in a sandbox.',
    );
    return signDecision(softwareKey(await readFile(options.softwareKey, 'utf8')), statement);
  }
  if (options.signature !== undefined)
    return {
      format: 'devops-mcp/approval/v1',
      ...statement,
      signature: await readFile(options.signature, 'utf8'),
    };
  return askForSignature(statement);
}

function softwareKey(privateKey: string): SshSigner {
  try {
    return createSoftwareAuthenticator({ privateKey });
  } catch (cause) {
    throw new ToolError('invalid_input', 'The file is no key of a software authenticator.', {
      hint: 'Those of a sandbox lie in its folder `approver`; other keys are given with --key.',
      cause,
    });
  }
}

/** A signature made elsewhere is over the time in the text that was signed beside it. */
async function decisionTime({ signature }: Options): Promise<string> {
  if (signature === undefined) return new Date().toISOString();
  const signedText = await readFile(signature.replace(/\.sig$/, ''), 'utf8');
  const at = /^at: (\S+)$/m.exec(signedText)?.[1];
  if (at === undefined)
    throw new ToolError('invalid_input', 'The text that was signed does not lie beside its signature.', {
      hint: 'Keep both files as ssh-keygen wrote them.',
    });
  return at;
}

async function askForSignature(statement: Omit<SignedDecision, 'format' | 'signature'>): Promise<never> {
  const file = `devops-mcp-${statement.decision}-${statement.bindingDigest.slice(0, 12)}.txt`;
  await writeFile(file, approvalMessage(statement), { mode: 0o600 });
  throw new ToolError('approval_required', `Wrote ${file}. Sign it with your security key:`, {
    hint: `ssh-keygen -Y sign -n ${approvalNamespace} -f ~/.ssh/id_ed25519_sk -O verify-required ${file}\nthen run this command again with --signature ${file}.sig`,
  });
}

async function recordHere(
  admin: Administration,
  record: ProposalRecord,
  signed: SignedDecision,
  decision: 'approve' | 'reject',
): Promise<void> {
  if (!admin.approvers)
    throw new ToolError('denied', 'This configuration names no approvers.', {
      hint: 'Set approvers.allowedSigners.',
    });
  const ownership = await admin.ownership();
  const facts = {
    signed,
    binding: record.binding,
    directory: await admin.approvers.load(),
    ownership,
    now: admin.clock(),
  };
  const approval = decision === 'approve' ? approveProposal(facts) : rejectProposal(facts);
  const after = await recordDecision({ ...admin, ownership }, record, approval, admin);
  print(
    `${decision === 'approve' ? 'Approved' : 'Rejected'} by ${approval.approver}. ${after.id} is ${after.state}.`,
  );
}

async function writeDecision(out: string, signed: SignedDecision): Promise<void> {
  await writeFile(out, `${JSON.stringify(signed, null, 2)}\n`, { mode: 0o600 });
  print(`Wrote ${out}: ${signed.decision} of binding sha256 ${signed.bindingDigest.slice(0, 16)}...`);
}

/** What a person types: the services, else the things named. */
export function targetOf({ target }: ActionBinding): string {
  const names = [target.services, target.resources].flat().filter((one) => typeof one === 'string');
  return names[0] ?? String(target.environment);
}
