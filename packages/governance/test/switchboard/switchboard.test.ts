import { describe, expect, it } from 'vitest';
import type { SwitchRecord } from '../../src/model.js';
import type { SwitchTable } from '../../src/store/store.js';
import { createSwitchboard, restoreSwitch, throwSwitch } from '../../src/switchboard/index.js';

function fakeTable(): SwitchTable {
  const records = new Map<string, SwitchRecord>();
  return {
    list: async () => [...records.values()],
    set: async (record) => void records.set(record.scope, record),
    remove: async (scope) => records.delete(scope),
  };
}

const at = new Date('2026-05-04T12:00:00Z');
const command = { blocks: 'writes', by: 'user:default/oncall', reason: 'drill', at } as const;
const call = { server: 'rollback', tool: 'roll_back_service', environment: 'production', tier: 3 } as const;

describe('a switch', () => {
  it.each([
    ['*', true],
    ['server:rollback', true],
    ['environment:production', true],
    ['tool:rollback/roll_back_service', true],
    ['tool:rollback/roll_back_service@production', true],
    ['server:metrics', false],
    ['environment:staging', false],
    ['tool:rollback/plan_rollback', false],
    ['tool:rollback/roll_back_service@staging', false],
  ])('%s stops a rollback in production: %s', async (scope, stops) => {
    const table = fakeTable();
    const board = createSwitchboard(async () => table);
    expect(await board.blocking(call)).toBeUndefined();
    await throwSwitch(table, { ...command, scope });
    expect((await board.blocking(call))?.scope).toBe(stops ? scope : undefined);
  });

  it('on writes lets reads pass, on all stops them', async () => {
    const table = fakeTable();
    const board = createSwitchboard(async () => table);
    await throwSwitch(table, { ...command, scope: '*' });
    expect(await board.blocking({ ...call, tier: 1 })).toBeUndefined();
    await throwSwitch(table, { ...command, scope: '*', blocks: 'all' });
    expect(await board.blocking({ ...call, tier: 1 })).toMatchObject({ blocks: 'all' });
  });

  it('on all is not loosened by throwing the one on writes', async () => {
    const table = fakeTable();
    await throwSwitch(table, { ...command, scope: '*', blocks: 'all' });
    expect(await throwSwitch(table, { ...command, scope: '*' })).toMatchObject({ blocks: 'all' });
  });

  it('does not stop what has no environment by an environment named none', async () => {
    const table = fakeTable();
    await throwSwitch(table, { ...command, scope: 'environment:none', blocks: 'all' });
    expect(
      await createSwitchboard(async () => table).blocking({ ...call, environment: 'none' }),
    ).toBeUndefined();
  });

  it('is put back by name', async () => {
    const table = fakeTable();
    await throwSwitch(table, { ...command, scope: 'server:rollback' });
    await restoreSwitch(table, 'server:rollback');
    expect(await createSwitchboard(async () => table).blocking(call)).toBeUndefined();
    await expect(restoreSwitch(table, 'server:rollback')).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each(['', 'metrics', 'tool:roll_back_service', 'server:', '* ', 'tool:a/b@'])(
    '%j does not exist',
    async (scope) => {
      await expect(throwSwitch(fakeTable(), { ...command, scope })).rejects.toMatchObject({
        code: 'invalid_input',
      });
    },
  );

  it('needs a reason', async () => {
    await expect(throwSwitch(fakeTable(), { ...command, scope: '*', reason: ' ' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });
});

describe('switches that cannot be read', () => {
  const board = createSwitchboard(async () => Promise.reject(new Error('disk')));
  it('stop tiers 2 and up and let reads pass', async () => {
    expect(await board.blocking(call)).toMatchObject({ blocks: 'writes' });
    expect(await board.blocking({ ...call, tier: 2 })).toBeDefined();
    expect(await board.blocking({ ...call, tier: 1 })).toBeUndefined();
  });
});
