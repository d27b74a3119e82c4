import type { RevisionDiff } from '@devops-mcp/domain';
import { callTool, fakeDeployments } from '@devops-mcp/testing';
import { describe, expect, it } from 'vitest';
import { getDeploymentDiff } from '../src/tools/get-deployment-diff.js';
import { catalog, history, now, versionDiff } from './shop.js';

const [newest = '', before = '', first = ''] = history.map((one) => one.revision);

const diff = (from: string, to: string, patch = '-a\n+b\n'): RevisionDiff => ({
  from,
  to,
  summary: versionDiff,
  files: [
    { path: 'services/payments-api/migrations/V7__drop.sql', status: 'added', patch },
    { path: 'services/payments-api/config.yaml', status: 'modified', patch },
  ],
});

const ask = (input: object = {}, diffs = [diff(before, newest)], deployments = history) =>
  callTool(
    getDeploymentDiff,
    { environment: 'production', service: 'payments-api', ...input },
    { deployments: fakeDeployments({ deployments, diffs }), services: catalog },
    { now },
  );

describe('get_deployment_diff', () => {
  it('compares the newest deployment with the one before, without being told', async () => {
    const { answer, text } = await ask();
    expect(answer.data.from).toEqual({
      revision: before,
      version: '1.4.1',
      time: '2026-05-04T09:00:00.000Z',
    });
    expect(answer.data.to.version).toBe('1.4.2');
    expect(text).toContain('payments-api: 1.4.1 (141000000000) 2026-05-04 09:00:00 → 1.4.2');
    expect(text).toContain('added services/payments-api/migrations/V7__drop.sql\n  │ -a\n  │ +b\n');
  });

  it('takes versions and revisions', async () => {
    const { answer } = await ask({ from: '1.4.0', to: '1.4.2' }, [diff(first, newest)]);
    expect(answer.data.from.version).toBe('1.4.0');
    const abbreviated = await ask({ to: before.slice(0, 8) }, [diff(first, before.slice(0, 8))]);
    expect(abbreviated.answer.data.from.version).toBe('1.4.0');
  });

  it('names the files whose patch does not fit', async () => {
    const long = `${'+ a line that is rather long and says little\n'.repeat(400)}`;
    const { answer, text } = await ask({ maxTokens: 1000 }, [diff(before, newest, long)]);
    expect(answer.data.files).toHaveLength(1);
    expect(answer.data.files[0]?.patch).toMatch(/\(\d+ more lines\)\n$/);
    expect(answer.data.withoutPatch).toEqual(['services/payments-api/config.yaml']);
    expect(text).toContain('Changed too: services/payments-api/config.yaml');
    expect(answer.truncation?.howToGetMore).toContain('maxTokens');
  });

  it('says when there is nothing to compare with', async () => {
    await expect(ask({}, [], history.slice(0, 1))).rejects.toMatchObject({ code: 'not_found' });
  });
});
