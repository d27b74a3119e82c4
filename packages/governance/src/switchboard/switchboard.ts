import { noEnvironment, ToolError } from '@devops-mcp/contract';
import type { Switchboard } from '../collaborators.js';
import type { SwitchRecord } from '../model.js';
import type { SwitchTable } from '../store/store.js';

const scopePattern =
  /^(?:\*|server:[a-z0-9-]+|environment:[a-z0-9-]+|tool:[a-z0-9-]+\/[a-z0-9_-]+(?:@[a-z0-9-]+)?)$/;
const reasonMax = 500;

/**
 * Kill switches at five grains: everything, a server, a tool, an environment, a tool in an
 * environment. The table is read at every admission and nothing is kept, so that a switch thrown in
 * one process stops the next call in every other.
 */
export function createSwitchboard(table: () => Promise<SwitchTable>): Switchboard {
  return {
    async blocking(call) {
      const writes = call.tier > 1;
      let records: readonly SwitchRecord[];
      try {
        records = await (await table()).list();
      } catch {
        // A state that cannot be read must not let a write pass, and must not blind those who investigate.
        return writes ? unreadable : undefined;
      }
      if (records.length === 0) return undefined;
      const scopes = scopesOf(call);
      return records.find((record) => scopes.includes(record.scope) && (writes || record.blocks === 'all'));
    },
  };
}

/** The scopes under which a call can be switched off, widest first. */
export function scopesOf(call: {
  readonly server: string;
  readonly tool: string;
  readonly environment: string;
}): readonly string[] {
  const tool = `tool:${call.server}/${call.tool}`;
  const inEnvironment =
    call.environment === noEnvironment
      ? []
      : [`environment:${call.environment}`, `${tool}@${call.environment}`];
  return ['*', `server:${call.server}`, tool, ...inEnvironment];
}

export interface SwitchCommand {
  readonly scope: string;
  readonly blocks: 'writes' | 'all';
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
}

/**
 * Throws a switch. Anyone may switch writes off. A switch on reads is not loosened to writes by a
 * later one: that would be switching something on. Rejects with `invalid_input` for an unknown scope.
 */
export async function throwSwitch(table: SwitchTable, command: SwitchCommand): Promise<SwitchRecord> {
  checkSwitch(command);
  const present = (await table.list()).find(({ scope }) => scope === command.scope);
  const record: SwitchRecord = {
    scope: command.scope,
    blocks: present?.blocks === 'all' ? 'all' : command.blocks,
    by: command.by,
    reason: command.reason.slice(0, reasonMax),
    at: command.at.toISOString(),
  };
  await table.set(record);
  return record;
}

/** Puts a switch back. Rejects with `not_found`, naming the switches that are thrown. */
export async function restoreSwitch(table: SwitchTable, scope: string): Promise<SwitchRecord> {
  const found = await findSwitch(table, scope);
  // Somebody else may have put it back meanwhile: it is on again, which was asked for.
  await table.remove(scope);
  return found;
}

/** A switch that is thrown. Rejects with `not_found`, naming those that are. */
export async function findSwitch(table: SwitchTable, scope: string): Promise<SwitchRecord> {
  checkScope(scope);
  const records = await table.list();
  const found = records.find((record) => record.scope === scope);
  if (found) return found;
  throw new ToolError('not_found', `No switch ${scope} is thrown.`, {
    hint: records.length === 0 ? 'None is.' : `Thrown: ${records.map((record) => record.scope).join(', ')}.`,
  });
}

/** Whether it can be thrown at all, so that nothing is recorded of one that cannot. Throws `invalid_input`. */
export function checkSwitch({ scope, reason }: Pick<SwitchCommand, 'scope' | 'reason'>): void {
  checkScope(scope);
  if (reason.trim() === '')
    throw new ToolError('invalid_input', 'A switch needs a reason.', { hint: 'Add --reason "...".' });
}

const unreadable: SwitchRecord = {
  scope: '*',
  blocks: 'writes',
  by: 'devops-mcp',
  reason: 'The switches cannot be read, so nothing may be changed.',
  at: new Date(0).toISOString(),
};

function checkScope(scope: string): void {
  if (scopePattern.test(scope)) return;
  throw new ToolError('invalid_input', `There is no switch "${scope.slice(0, 80)}".`, {
    hint: 'Scopes: *, server:metrics, environment:production, tool:rollback/roll_back_service, tool:rollback/roll_back_service@production.',
  });
}
