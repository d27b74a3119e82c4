import { readFile } from 'node:fs/promises';
import { ToolError } from '@devops-mcp/contract';
import { StartError } from '@devops-mcp/runtime';
import { describe, expect, it } from 'vitest';
import { describeError, table } from '../src/terminal.js';

describe('an error, as a person reads it', () => {
  it('is a message and what to do', () => {
    expect(describeError(new ToolError('denied', 'Not you.', { hint: 'Ask somebody else.' }))).toBe(
      'Not you.\nAsk somebody else.',
    );
    expect(describeError(new StartError('No configuration.'))).toBe('No configuration.');
  });

  it('names a file that cannot be used, without a stack', async () => {
    const absent = await readFile('/no/such/file').catch((error: unknown) => describeError(error));
    expect(absent).toBe('/no/such/file cannot be used: there is no such file or folder.');
    const folder = await readFile('/').catch((error: unknown) => describeError(error));
    expect(folder).not.toContain('    at ');
  });

  it('is the whole of it when it is a fault of ours', () => {
    expect(describeError(new TypeError('undefined is not a function'))).toContain('    at ');
    expect(describeError('thrown text')).toBe('thrown text');
  });
});

describe('a table', () => {
  it('has columns as wide as their widest cell and no blanks at the end', () => {
    expect(
      table([
        ['id', 'state'],
        ['longer', ''],
      ]),
    ).toBe('id      state\nlonger');
  });
});
