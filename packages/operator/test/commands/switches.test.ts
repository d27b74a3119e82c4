import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addSwitchCommands } from '../../src/commands/switches.js';
import { type Office, openOffice } from '../office.js';
import { runCommand } from '../run-command.js';

let office: Office;
beforeEach(async () => {
  office = await openOffice();
});
afterEach(() => office.remove());

const run = (...args: readonly string[]) => runCommand(addSwitchCommands, ...args, '--config', office.config);

/** A file where the folder should be: nothing can be written there, by any user. */
const breakAudit = () => writeFile(path.join(office.folder, 'audit'), '');

async function recorded(): Promise<readonly string[]> {
  const folder = path.join(office.folder, 'audit');
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.ndjson'));
  const texts = await Promise.all(files.sort().map((name) => readFile(path.join(folder, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n').filter((line) => line.includes('mcp.switch')));
}

describe('kill', () => {
  it('switches writes off, says how to undo it, and is recorded', async () => {
    const ran = await run('kill', 'server:rollback', '--reason', 'drill');
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.out).toContain('server:rollback is off for writes');
    expect(ran.out).toContain("devops-mcp restore 'server:rollback'");
    expect((await run('switches')).out).toMatch(
      /server:rollback\s+writes\s+\S+\s+user:default\/oncall\s+drill/,
    );
    expect(await recorded()).toHaveLength(1);
  });

  it('throws the switch even when the audit log cannot be written, and warns', async () => {
    await breakAudit();
    const ran = await run('kill', '*', '--reason', 'the log is full and something runs wild');
    expect(ran.out).toContain('* is off for writes');
    expect(ran.err).toContain('not recorded');
    expect(ran.code).toBe(0);
    await rm(path.join(office.folder, 'audit'));
    expect((await run('switches')).out).toContain('runs wild');
  });

  it('does not loosen a switch on reads', async () => {
    await run('kill', 'environment:production', '--all', '--reason', 'leak');
    const ran = await run('kill', 'environment:production', '--reason', 'drill');
    expect(ran.out).toContain('reads and writes');
  });

  it.each(['everything', 'server:', 'tool:scale_service', 'environment:../x'])(
    'knows no scope %s, and records no switch for it',
    async (scope) => {
      const ran = await run('kill', scope, '--reason', 'drill');
      expect(ran).toMatchObject({ code: 1 });
      expect(ran.err).toContain('Scopes: *');
      expect(await recorded()).toEqual([]);
    },
  );
});

describe('restore', () => {
  it('takes the scope typed again', async () => {
    await run('kill', '*', '--reason', 'drill');
    const untyped = await run('restore', '*', '--reason', 'over');
    expect(untyped.code).toBe(1);
    expect(untyped.err).toContain('--confirm *');
    expect((await run('switches')).out).toContain('drill');
    const typed = await run('restore', '*', '--reason', 'over', '--confirm', '*');
    expect(typed.out).toContain('* is on again');
    expect((await run('switches')).out).toContain('Nothing is switched off');
    expect(await recorded()).toHaveLength(2);
  });

  it('restores nothing while the audit log cannot be written', async () => {
    await breakAudit();
    await run('kill', '*', '--reason', 'drill');
    const ran = await run('restore', '*', '--reason', 'over', '--confirm', '*');
    expect(ran.code).toBe(1);
    expect(ran.out).not.toContain('on again');
    expect((await run('switches')).out).toContain('drill');
  });

  it('records nothing for a switch that is not thrown', async () => {
    const ran = await run('restore', 'server:logs', '--reason', 'over', '--confirm', 'server:logs');
    expect(ran).toMatchObject({ code: 1 });
    expect(ran.err).toContain('No switch server:logs is thrown');
    expect(await recorded()).toEqual([]);
  });
});
