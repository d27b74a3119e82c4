import { checkSwitch, findSwitch, restoreSwitch, throwSwitch } from '@devops-mcp/governance';
import type { Command } from 'commander';
import { type Administration, administer } from '../administration/administration.js';
import { switchEvent } from '../administration/switch-event.js';
import { confirmByTyping, describeError, guarded, note, print, table } from '../terminal.js';
import { manifestVersion } from '../version.js';

/** `kill`, `restore` and `switches`. Anyone may switch writes off; switching on again is typed out. */
export function addSwitchCommands(program: Command): void {
  program
    .command('kill')
    .description('switch writes off, or everything with --all')
    .argument('<scope>', '*, server:NAME, environment:NAME, tool:SERVER/NAME, tool:SERVER/NAME@ENVIRONMENT')
    .requiredOption('--reason <text>', 'why; kept in the audit log')
    .option('--all', 'stop reads as well')
    .option('--config <file>', 'devops-mcp.yaml')
    .action((scope: string, options: { reason: string; all?: boolean; config?: string }) =>
      guarded(() => kill(scope, options)),
    );
  program
    .command('restore')
    .description('switch on again what was switched off')
    .argument('<scope>')
    .requiredOption('--reason <text>', 'why; kept in the audit log')
    .option('--confirm <scope>', 'the scope again, where nobody can be asked')
    .option('--config <file>', 'devops-mcp.yaml')
    .action((scope: string, options: { reason: string; confirm?: string; config?: string }) =>
      guarded(() => restore(scope, options)),
    );
  program
    .command('switches')
    .description('show what is switched off')
    .option('--config <file>', 'devops-mcp.yaml')
    .action((options: { config?: string }) => guarded(() => list(options)));
}

async function kill(
  scope: string,
  { reason, all, config }: { reason: string; all?: boolean; config?: string },
): Promise<void> {
  await administer(config, manifestVersion, async (admin) => {
    const blocks = all ? 'all' : 'writes';
    checkSwitch({ scope, reason });
    await recordOrWarn(admin, { scope, reason, blocks });
    const record = await throwSwitch(admin.store.switches, {
      scope,
      blocks,
      reason,
      by: admin.caller.subject,
      at: admin.clock(),
    });
    print(
      `${record.scope} is off for ${record.blocks === 'all' ? 'reads and writes' : 'writes'}. The next call in every server of this machine is refused.`,
    );
    print(`Switch on again: devops-mcp restore '${record.scope}' --reason "..."`);
  });
}

/** A full disk must not keep anybody from stopping what runs wild: the switch is thrown unrecorded. */
async function recordOrWarn(
  admin: Administration,
  command: { readonly scope: string; readonly reason: string; readonly blocks: 'writes' | 'all' },
): Promise<void> {
  try {
    await admin.audit.durable(switchEvent(admin, command, 'switched_off'));
  } catch (error) {
    note(
      `Warning: the audit log cannot be written, so this switch is not recorded there. ${describeError(error)}`,
    );
  }
}

async function restore(
  scope: string,
  { reason, confirm, config }: { reason: string; confirm?: string; config?: string },
): Promise<void> {
  await administer(config, manifestVersion, async (admin) => {
    const { blocks } = await findSwitch(admin.store.switches, scope);
    await confirmByTyping(scope, confirm);
    // Unlike throwing it: nothing is switched on again without a record of who did so.
    await admin.audit.durable(switchEvent(admin, { scope, reason, blocks }, 'restored'));
    const record = await restoreSwitch(admin.store.switches, scope);
    print(
      `${record.scope} is on again. It was switched off by ${record.by} at ${record.at}: ${record.reason}`,
    );
  });
}

async function list({ config }: { config?: string }): Promise<void> {
  await administer(config, manifestVersion, async (admin) => {
    const records = await admin.store.switches.list();
    if (records.length === 0) return print('Nothing is switched off.');
    print(
      table([
        ['scope', 'blocks', 'since', 'by', 'reason'],
        ...records.map(({ scope, blocks, at, by, reason }) => [scope, blocks, at, by, reason]),
      ]),
    );
  });
}
