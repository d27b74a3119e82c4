import type { Deployment } from '@devops-mcp/domain';
import { describe, expect, it } from 'vitest';
import { deploymentsOver, opener } from '../../src/gitops/deployments.js';
import {
  at,
  backendContext,
  bareRepository,
  callContext,
  type FixtureCommit,
  head,
  importCommits,
} from './git-fixture.js';
import { deployment, shopHistory } from './shop.js';

const service = 'payments-api';

describe('history of a GitOps repository', () => {
  it('names what each deployment was, newest first, and leaves out commits that deploy nothing', async () => {
    const { deployments } = await historyOf(bareRepository(shopHistory));
    expect(deployments.map((one) => [one.title, one.kind, one.version])).toEqual([
      ['Merge pull request #15 from shop/refunds', 'deployment', '1.2.0'],
      ['Scale up', 'scale', '1.1.0'],
      ['Turn on the new checkout', 'configuration', '1.1.0'],
      ['Shorter timeout, new token', 'configuration', '1.1.0'],
      ['Deploy payments-api 1.1.0 (#12)', 'deployment', '1.1.0'],
      ['Start', 'deployment', '1.0.0'],
    ]);
    expect(deployments[0]).toMatchObject({
      time: at(70),
      service,
      result: 'succeeded',
      by: 'deployer@example.com',
    });
  });

  it('summarises what lies between neighbours', async () => {
    const { deployments } = await historyOf(bareRepository(shopHistory));
    const [merge, scale, flag, configuration, deployed, first] = deployments;
    expect(first?.diff).toBeNull();
    expect(deployed?.diff).toEqual({
      commits: 2,
      authors: ['dev-two@example.com', 'dev-one@example.com'],
      pullRequests: ['#12', '#11'],
      filesByArea: { code: 1, manifests: 1, migrations: 2 },
      migrations: [
        'services/payments-api/migrations/U2__amount.sql',
        'services/payments-api/migrations/V2__amount.sql',
      ],
      configuration: [],
      flags: [],
      image: {
        from: 'registry.example.com/shop/payments-api:1.0.0',
        to: 'registry.example.com/shop/payments-api:1.1.0',
      },
      resources: [{ field: 'payments-api.limits.cpu', from: '500m', to: '750m' }],
      replicas: null,
    });
    expect(configuration?.diff?.configuration).toEqual([
      { field: 'API_TOKEN', from: '(masked)', to: '(masked)' },
      { field: 'TIMEOUT_SECONDS', from: '30', to: '5' },
    ]);
    expect(flag?.diff?.flags).toEqual([{ field: 'new_checkout', from: 'false', to: 'true' }]);
    expect(scale?.diff?.replicas).toEqual({ from: 3, to: 5 });
    expect(merge?.diff).toMatchObject({
      commits: 2,
      authors: ['deployer@example.com', 'dev-two@example.com', 'dev-three@example.com'],
      pullRequests: ['#15', '#14'],
      filesByArea: { code: 1, manifests: 2 },
    });
    expect(JSON.stringify(deployments)).not.toContain('token-value');
  });

  it('tells rollbacks: reverts, and images that ran before', async () => {
    const path = bareRepository(shopHistory);
    const folder = 'services/payments-api';
    importCommits(path, [
      {
        message: 'Back to the image before',
        at: at(80),
        files: { [`${folder}/deployment.yaml`]: deployment('1.1.0', { cpu: '750m', replicas: 5 }) },
      },
      {
        message: `Revert "Back"\n\nThis reverts commit ${head(path)}.`,
        at: at(90),
        files: { [`${folder}/deployment.yaml`]: deployment('1.2.0', { cpu: '750m', replicas: 5 }) },
      },
      {
        message: 'Restart',
        at: at(95),
        files: {
          [`${folder}/deployment.yaml`]: deployment('1.2.0', { cpu: '750m', replicas: 5 }).replace(
            '      labels: { app: payments-api }\n    spec',
            '      labels: { app: payments-api }\n      annotations: { devops-mcp/restart: x }\n    spec',
          ),
        },
      },
    ]);
    const { deployments } = await historyOf(path);
    expect(deployments.slice(0, 3).map((one) => one.kind)).toEqual(['restart', 'rollback', 'rollback']);
  });

  it('answers for all services at once, with limit, total and window', async () => {
    const path = bareRepository(shopHistory);
    const all = await open(path).history({ limit: 3 }, callContext());
    expect(all.data.map((one) => one.service)).toEqual([service, service, service]);
    expect(all.truncation).toMatchObject({ returned: 3, total: 8, more: true });
    const window = { start: at(25), end: at(50) };
    const some = await open(path).history({ window, limit: 20 }, callContext());
    expect(some.data.map((one) => one.title)).toEqual([
      'Shorter timeout, new token',
      'Deploy orders-api 7.1.0 (#13)',
    ]);
    expect(some.data[0]?.diff?.configuration).toHaveLength(2);
    expect(some.truncation).toBeUndefined();
  });

  it('tells an unknown service from a quiet one', async () => {
    const path = bareRepository(shopHistory);
    await expect(open(path).history({ service: 'nobody', limit: 5 }, callContext())).rejects.toMatchObject({
      code: 'not_found',
    });
    const window = { start: at(5_000), end: at(6_000) };
    const quiet = await open(path).history({ service, window, limit: 5 }, callContext());
    expect(quiet.data).toEqual([]);
  });

  it('follows a service to the folder that its file names', async () => {
    const path = bareRepository(shopHistory);
    const context = backendContext(path, { settings: { pay: { 'gitops.path': 'services/payments-api' } } });
    const answer = await deploymentsOver(context, opener(context, path)).history(
      { service: 'pay', limit: 1 },
      callContext(),
    );
    expect(answer.data[0]).toMatchObject({ service: 'pay', version: '1.2.0' });
    const bad = backendContext(path, { settings: { pay: { 'gitops.path': '../../etc' } } });
    await expect(
      deploymentsOver(bad, opener(bad, path)).history({ service: 'pay', limit: 1 }, callContext()),
    ).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('reads five thousand commits by few processes', async () => {
    const commits = Array.from(
      { length: 5_000 },
      (_, index): FixtureCommit => ({
        message: `Change ${index} (#${index})`,
        at: at(index),
        files:
          index % 3 === 0
            ? { 'services/payments-api/deployment.yaml': deployment(`1.0.${index}`) }
            : { [`services/other-${index % 7}/config.yaml`]: `a: ${index}\n`, 'docs/x.md': String(index) },
      }),
    );
    const path = bareRepository(commits);
    const { deployments, total } = await historyOf(path, 50);
    expect(deployments).toHaveLength(50);
    expect(total).toBe(1_667);
  }, 60_000);
});

function open(path: string) {
  const context = backendContext(path);
  return deploymentsOver(context, opener(context, path));
}

async function historyOf(
  path: string,
  limit = 20,
): Promise<{ deployments: readonly Deployment[]; total: number | undefined }> {
  const answer = await open(path).history({ service, limit }, callContext());
  return { deployments: answer.data, total: answer.truncation?.total };
}
