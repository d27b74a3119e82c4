import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { averageShown, tokenBudgets, toolTokensOf, totalShown } from '../bench/tool-tokens.js';

const servers = ['metrics', 'logs', 'deployments', 'alerts', 'rollback'];
const programOf = (server: string) => resolve(import.meta.dirname, '../../servers', server, 'dist/main.js');

describe.each(servers)('what %s puts into a model before anything was asked', (server) => {
  it('keeps to its budget of tokens', async () => {
    const tokens = await toolTokensOf(programOf(server));
    expect(tokens.tools.length).toBeGreaterThan(0);
    const tooLong = tokens.tools.filter(({ shown }) => shown > tokenBudgets.largest);
    expect(tooLong).toEqual([]);
    expect(averageShown(tokens)).toBeLessThanOrEqual(tokenBudgets.average);
    expect(totalShown(tokens)).toBeLessThanOrEqual(tokenBudgets.server);
  });
});
