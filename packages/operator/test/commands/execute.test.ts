import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { addExecuteCommand, showExecution } from '../../src/commands/execute.js';
import { openOffice } from '../office.js';
import { runCommand } from '../run-command.js';

const nothing = { refusals: [], outcome: null, outcomeFile: null };

describe('what became of an execution', () => {
  it('lists every refusal with its check', () => {
    const refusals = [
      { check: 'approvals', reason: '0 of 2 needed approvals count.' },
      { check: 'limits', reason: 'They are others here.' },
    ];
    expect(showExecution({ ...nothing, state: 'refused', refusals })).toBe(
      'Refused:\n  approvals: 0 of 2 needed approvals count.\n  limits: They are others here.',
    );
  });

  it('names what was made', () => {
    const outcome = { summary: 'Committed 1 file', artifactRef: 'abc', verified: true };
    expect(showExecution({ ...nothing, state: 'succeeded', outcome })).toBe(
      'succeeded: Committed 1 file (abc)',
    );
    expect(showExecution({ ...nothing, state: 'ambiguous' })).toBe('ambiguous: ');
  });
});

describe('execute', () => {
  it('says that a request is not there', async () => {
    const office = await openOffice();
    const absent = path.join(office.folder, 'absent.json');
    const ran = await runCommand(addExecuteCommand, 'execute', absent, '--config', office.config);
    expect(ran).toMatchObject({ code: 1 });
    expect(ran.err).toContain('there is no such file');
    expect(ran.err).not.toContain('    at ');
    await office.remove();
  });

  it('needs the configuration of an executor to be named, and takes none by default', async () => {
    const office = await openOffice();
    const file = path.join(office.folder, 'request.json');
    await writeFile(file, '{}');
    await expect(runCommand(addExecuteCommand, 'execute', file)).rejects.toThrow('--config');
    await office.remove();
  });
});
