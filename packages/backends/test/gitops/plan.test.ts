import { describe, expect, it } from 'vitest';
import { deploymentsOver, deploymentsWriting, opener } from '../../src/gitops/deployments.js';
import { at, backendContext, bareRepository, callContext, git, head, importCommits } from './git-fixture.js';
import { deployment, shopHistory } from './shop.js';

const service = 'payments-api';
const folder = 'services/payments-api';
const hpa = (min: number, max: number) =>
  `kind: HorizontalPodAutoscaler\nmetadata: { name: payments-api }\nspec:\n  minReplicas: ${min}\n  maxReplicas: ${max}\n  scaleTargetRef: { name: payments-api }\n`;

describe('plans', () => {
  it('warn about autoscalers that will undo a scaling', async () => {
    const path = bareRepository(shopHistory);
    importCommits(path, [
      { message: 'Autoscale', at: at(100), files: { [`${folder}/hpa.yaml`]: hpa(2, 6) } },
    ]);
    const scale = async (replicas: number) =>
      (await open(path).planScale({ service, replicas }, callContext())).plan;
    expect((await scale(9)).warnings?.[0]).toMatch(/between 2 and 6 and will undo this/);
    expect((await scale(4)).warnings?.[0]).toMatch(/may move away/);
    expect((await scale(0)).warnings?.[0]).toMatch(/stops working/);
    expect((await scale(4)).observed).toMatchObject({ autoscaler: { min: 2, max: 6 }, replicas: 5 });
    await expect(open(path).planScale({ service, replicas: 1.5 }, callContext())).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });

  it('scale where the number is set, and add it where it is not', async () => {
    const path = bareRepository(shopHistory);
    const bare = deployment('1.2.0').replace(/ {2}replicas: .*\n/, '');
    importCommits(path, [{ message: 'x', at: at(100), files: { [`${folder}/deployment.yaml`]: bare } }]);
    const { plan, next } = await open(path).planScale({ service, replicas: 2 }, callContext());
    expect(plan.diff).toContain('+  replicas: 2\n');
    expect(next.replicas).toBe(2);
  });

  it('restart by an annotation that holds no time', async () => {
    const path = bareRepository(shopHistory);
    const { plan } = await open(path).planRestart({ service }, callContext());
    const tree = git(['-C', path, 'rev-parse', `main:${folder}`]).trim();
    expect(plan.diff).toContain(`+        devops-mcp/restart: tree-${tree.slice(0, 12)}\n`);
    expect(plan.summary).toBe('Restart payments-api: 5 pods, by its rollout strategy');
  });

  it('of one pod are refused: a repository has none, and all would be restarted', async () => {
    const one = { service, pod: 'payments-api-1' };
    await expect(open(bareRepository(shopHistory)).planRestart(one, callContext())).rejects.toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('restart_service'),
    });
  });

  it('roll back what runs: manifests return, new ones go, migrations and sources stay', async () => {
    const path = bareRepository(shopHistory);
    const deployments = open(path);
    const { data } = await deployments.history({ service, limit: 20 }, callContext());
    const revision = data.find((one) => one.version === '1.0.0')?.revision ?? '';
    const { plan, current, next } = await deployments.planRollback({ service, revision }, callContext());
    expect(current.image).toContain(':1.2.0');
    expect(next).toMatchObject({ revision, replicas: 3, flags: { new_checkout: 'false' } });
    expect(plan.warnings).toEqual([
      'Replicas go from 5 to 3 as they were then.',
      'Removed, since they did not exist then: services/payments-api/worker.yaml.',
      'Secret values are masked in the diff and go back too: services/payments-api/config.yaml.',
    ]);
    expect(JSON.stringify(plan)).not.toContain('token-value');
    const command = { change: plan.change, idempotencyKey: 'key-rollback', message: 'INC-7' };
    await deployments.applyChange(command, callContext());
    const changed = git(['-C', path, 'diff', '--name-only', revision, 'main', '--', folder])
      .trim()
      .split('\n');
    expect(changed).toEqual([
      `${folder}/migrations/U2__amount.sql`,
      `${folder}/migrations/V2__amount.sql`,
      `${folder}/src/main.ts`,
      `${folder}/src/refund.ts`,
    ]);
  });

  it('never roll out a revision that was not on the branch', async () => {
    const path = bareRepository(shopHistory);
    importCommits(path, [
      {
        branch: 'evil',
        message: 'evil',
        at: at(100),
        files: { [`${folder}/deployment.yaml`]: deployment('6.6.6') },
      },
    ]);
    const revision = head(path, 'evil');
    await expect(open(path).planRollback({ service, revision }, callContext())).rejects.toMatchObject({
      code: 'invalid_input',
    });
    await expect(open(path).planRollback({ service, revision: 'main' }, callContext())).rejects.toMatchObject(
      { code: 'invalid_input' },
    );
  });

  it('refuse revisions that are no names of commits', async () => {
    const path = bareRepository(shopHistory);
    for (const revision of ['--output=/tmp/x', 'a..b', 'main@{1}', 'main^{/x}', ':/x', 'HEAD:services', ''])
      await expect(open(path).desired({ service, revision }, callContext())).rejects.toMatchObject({
        code: 'invalid_input',
      });
    await expect(
      open(path).desired({ service, revision: 'f'.repeat(40) }, callContext()),
    ).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('name known keys when there is nowhere to put a new one', async () => {
    const path = bareRepository([
      { message: 'x', at: at(0), files: { [`${folder}/deployment.yaml`]: deployment('1.0.0') } },
    ]);
    const change = (set: Record<string, string>) =>
      open(path).planConfigChange({ service, set, title: 'x' }, callContext());
    expect((await change({ LOG_LEVEL: 'debug' })).plan.diff).toContain('+              value: debug\n');
    await expect(change({ OTHER: '1' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(change({})).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(change({ 'a b': '1' })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(change({ LOG_LEVEL: 'info' })).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

function open(path: string) {
  const context = backendContext(path, { write: { path } });
  const opened = opener(context, path);
  return { ...deploymentsOver(context, opened), ...deploymentsWriting(context, opened) };
}
