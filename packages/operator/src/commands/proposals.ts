import { readFile, writeFile } from 'node:fs/promises';
import { ToolError } from '@devops-mcp/contract';
import { exportProposal, type ProposalRecord, recordExecutorOutcome } from '@devops-mcp/governance';
import type { Command } from 'commander';
import { type Administration, administer } from '../administration/administration.js';
import { guarded, note, print, table } from '../terminal.js';
import { manifestVersion } from '../version.js';

interface Options {
  readonly config?: string;
  readonly out?: string;
  readonly all?: boolean;
}

export function addProposalCommands(program: Command): void {
  const proposals = program.command('proposals').description('the queue of proposed changes');
  proposals
    .command('list', { isDefault: true })
    .description('open proposals, newest first')
    .option('--all', 'closed ones as well')
    .option('--config <file>', 'devops-mcp.yaml')
    .action((options: Options) => guarded(() => list(options)));
  proposals
    .command('show')
    .description('exactly the text that is approved')
    .argument('<id>')
    .option('--config <file>', 'devops-mcp.yaml')
    .action((id: string, options: Options) => guarded(() => show(id, options)));
  proposals
    .command('export')
    .description('write a proposal as one file for approvers and the executor')
    .argument('<id>')
    .option('--out <file>', 'where to write it; default: standard output')
    .option('--config <file>', 'devops-mcp.yaml')
    .action((id: string, options: Options) => guarded(() => exportOne(id, options)));
  proposals
    .command('report')
    .description("record an executor's signed report, so that this side knows what became of a proposal")
    .argument('<id>')
    .argument('<file>', 'what devops-mcp execute wrote with --out')
    .option('--config <file>', 'devops-mcp.yaml')
    .action((id: string, file: string, options: Options) => guarded(() => report(id, file, options)));
}

async function list({ config, all }: Options): Promise<void> {
  await administer(config, manifestVersion, async ({ store }) => {
    const found = await store.proposals.list({
      limit: 100,
      ...(all
        ? {}
        : { states: ['proposed', 'awaiting_approval', 'approved', 'consumed', 'ambiguous'] as const }),
    });
    if (found.length === 0) return print(all ? 'There are no proposals.' : 'No proposal is open.');
    print(
      table([
        ['id', 'state', 'tier', 'what', 'where', 'requested by', 'void after'],
        ...found.map(({ id, state, binding }) => [
          id,
          state,
          String(binding.effectiveTier),
          binding.tool,
          `${binding.environment} ${targetOf(binding.target)}`,
          binding.requester.subject,
          binding.expiresAt,
        ]),
      ]),
    );
  });
}

async function show(id: string, { config }: Options): Promise<void> {
  await administer(config, manifestVersion, async (admin) => {
    const record = await proposal(admin, id);
    print(record.rendering);
    print(`State: ${record.state}. Binding sha256 ${record.bindingDigest}`);
    for (const { approver, kind, decision, at } of await admin.store.approvals.list(id))
      print(`${decision} by ${approver} (${kind}) at ${at}`);
  });
}

async function exportOne(id: string, { config, out }: Options): Promise<void> {
  await administer(config, manifestVersion, async (admin) => {
    const text = exportProposal(await proposal(admin, id));
    if (out === undefined) return print(text);
    await writeFile(out, text, { mode: 0o600 });
    note(`Wrote ${out}. An approver reads and signs it with: devops-mcp approve ${out}`);
  });
}

async function report(id: string, file: string, { config }: Options): Promise<void> {
  await administer(config, manifestVersion, async (admin) => {
    const record = await proposal(admin, id);
    const executor = admin.configuration.executors.find((one) => one.id === record.binding.executor);
    if (!executor)
      throw new ToolError('denied', `${record.binding.executor} is not an executor of this configuration.`, {
        hint: 'Add it under executors with its public key.',
      });
    const publicKey = await readFile(executor.publicKey, 'utf8');
    const given = {
      record,
      outcomeFile: await readFile(file, 'utf8'),
      executor: { id: executor.id, publicKey },
    };
    const after = await recordExecutorOutcome({ ...admin, ownership: await admin.ownership() }, given, admin);
    print(`${after.id} is ${after.state}, as ${executor.id} reports.`);
  });
}

/** Rejects with `not_found` and where to look. */
export async function proposal({ store }: Administration, id: string): Promise<ProposalRecord> {
  const found = await store.proposals.get(id);
  if (found) return found;
  throw new ToolError('not_found', `There is no proposal ${id.slice(0, 80)} in this state folder.`, {
    hint: 'See devops-mcp proposals list, or pass the request file itself.',
  });
}

function targetOf(target: Readonly<Record<string, unknown>>): string {
  return [target.services, target.resources]
    .flat()
    .filter((one) => typeof one === 'string')
    .join(', ');
}
