import { describe, expect, it } from 'vitest';
import { deploymentsOver, opener } from '../../src/gitops/deployments.js';
import { at, backendContext, bareRepository, callContext, head, importCommits } from './git-fixture.js';
import { shopHistory } from './shop.js';

const service = 'payments-api';
const folder = 'services/payments-api';

describe('the difference of two revisions', () => {
  it('shows files in the order of what they can do, with secrets masked', async () => {
    const path = bareRepository(shopHistory);
    const deployments = open(path);
    const { data: history } = await deployments.history({ service, limit: 20 }, callContext());
    const [from = '', to = ''] = [history.at(-1)?.revision, history[0]?.revision];
    const { data } = await deployments.diff({ service, from, to: to.slice(0, 10) }, callContext());
    expect(data).toMatchObject({ from, to });
    expect(data.files.map((file) => [file.path.slice(folder.length + 1), file.status])).toEqual([
      ['migrations/U2__amount.sql', 'added'],
      ['migrations/V2__amount.sql', 'added'],
      ['config.yaml', 'modified'],
      ['flags.yaml', 'modified'],
      ['deployment.yaml', 'modified'],
      ['worker.yaml', 'added'],
      ['src/main.ts', 'modified'],
      ['src/refund.ts', 'added'],
    ]);
    const config = data.files.find((file) => file.path.endsWith('config.yaml'));
    expect(config?.patch).toContain('-  TIMEOUT_SECONDS: "30"\n+  TIMEOUT_SECONDS: "5"\n');
    expect(JSON.stringify(data)).not.toContain('token-value');
    expect(data.summary).toMatchObject({
      pullRequests: ['#14', '#12', '#11'],
      replicas: { from: 3, to: 5 },
      flags: [{ field: 'new_checkout', from: 'false', to: 'true' }],
    });
  });

  it('says when only secrets differ, and knows renames, binary and large files', async () => {
    const path = bareRepository(shopHistory);
    importCommits(path, [
      {
        message: 'Secret',
        at: at(100),
        files: {
          [`${folder}/secret.yaml`]: 'kind: Secret\ndata:\n  a: b25l\n',
          [`${folder}/old-name.yaml`]: 'kind: Service\nmetadata:\n  name: one-of-a-kind\n',
        },
      },
    ]);
    const from = head(path);
    importCommits(path, [
      {
        message: 'Rotate',
        at: at(110),
        files: {
          [`${folder}/secret.yaml`]: 'kind: Secret\ndata:\n  a: dHdv\n',
          [`${folder}/old-name.yaml`]: null,
          [`${folder}/new-name.yaml`]: 'kind: Service\nmetadata:\n  name: one-of-a-kind\n',
          [`${folder}/logo.bin`]: 'a\0b',
          [`${folder}/large.txt`]: 'x\n'.repeat(600_000),
        },
      },
    ]);
    const { data } = await open(path).diff({ service, from, to: head(path) }, callContext());
    const patch = (name: string) => data.files.find((file) => file.path.endsWith(name));
    expect(patch('secret.yaml')?.patch).toBe('(differs in masked values only)\n');
    expect(patch('new-name.yaml')).toMatchObject({ status: 'renamed' });
    expect(patch('old-name.yaml')).toBeUndefined();
    expect(patch('logo.bin')?.patch).toBe('(binary file)\n');
    expect(patch('large.txt')?.patch).toMatch(/larger than/);
  });

  it('works backwards too, and refuses a revision against itself', async () => {
    const path = bareRepository(shopHistory);
    const deployments = open(path);
    const { data: history } = await deployments.history({ service, limit: 20 }, callContext());
    const [older = '', newer = ''] = [history[1]?.revision, history[0]?.revision];
    const { data } = await deployments.diff({ service, from: newer, to: older }, callContext());
    expect(data.summary.image?.to).toContain(':1.1.0');
    expect(data.summary.commits).toBe(2);
    await expect(deployments.diff({ service, from: newer, to: newer }, callContext())).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });
});

function open(path: string) {
  const context = backendContext(path);
  return deploymentsOver(context, opener(context, path));
}
