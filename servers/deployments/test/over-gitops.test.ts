import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { backends } from '@devops-mcp/backends';
import type { BackendContext } from '@devops-mcp/contract';
import type { DeploymentsApi, DeploymentsWriteApi } from '@devops-mcp/domain';
import { callTool } from '@devops-mcp/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scaleService } from '../src/actions/scale-service.js';
import { getDeploymentDiff } from '../src/tools/get-deployment-diff.js';
import { getDeploymentHistory } from '../src/tools/get-deployment-history.js';
import { catalog, context, now } from './shop.js';

const folder = 'services/payments-api';
const where = { environment: 'production', service: 'payments-api' };
const manifest = (version: string, timeout: string) => ({
  [`${folder}/deployment.yaml`]: `kind: Deployment
metadata: { name: payments-api }
spec:
  replicas: 3
  template:
    spec:
      containers:
        - { name: payments-api, image: "registry.example.com/pay:${version}" }
`,
  [`${folder}/config.yaml`]: `kind: ConfigMap\nmetadata: { name: payments-api }\ndata:\n  TIMEOUT_MS: "${timeout}"\n`,
});

describe('the tools over a real GitOps repository', () => {
  it('tell what changed and change it', async () => {
    const deployments = await open([
      ['Deploy 1.4.1 (#7)', '2026-05-04T09:00:00Z', manifest('1.4.1', '30')],
      ['Deploy 1.4.2 (#8)', '2026-05-04T11:30:00Z', manifest('1.4.2', '5')],
    ]);
    const ports = { deployments, services: catalog };
    const history = await callTool(getDeploymentHistory, where, ports, { now });
    expect(history.text).toContain('payments-api 1.4.1 → 1.4.2  deployment  by deployer@example.com');
    expect(history.text).toContain(
      'config: TIMEOUT_MS 30 → 5; files: 1 configuration, 1 manifests; 1 commit #8',
    );
    const diff = await callTool(getDeploymentDiff, { ...where, from: '1.4.1' }, ports, { now });
    expect(diff.text).toContain('  │ -  TIMEOUT_MS: "30"\n  │ +  TIMEOUT_MS: "5"');
    const target = { environment: 'production', services: ['payments-api'] };
    const plan = await scaleService.plan({ input: { ...where, replicas: 4 }, target, ports, ...context });
    expect(plan.diff).toContain('-  replicas: 3\n+  replicas: 4\n');
    const outcome = await scaleService.apply({
      ...{
        plan,
        target,
        ports,
        idempotencyKey: 'key-12345',
        requestedBy: 'user:default/oncall',
        reason: 'More load',
      },
      ...context,
    });
    expect(outcome.verified).toBe(true);
    const after = await callTool(getDeploymentHistory, where, ports, {
      now: new Date('2026-05-04T13:00:00Z'),
    });
    expect(after.answer.data.deployments[0]).toMatchObject({
      kind: 'scale',
      diff: { replicas: { from: 3, to: 4 } },
      revision: outcome.artifactRef,
    });
  });
});

type FixtureCommit = readonly [title: string, at: string, files: Readonly<Record<string, string>>];

async function open(commits: readonly FixtureCommit[]): Promise<DeploymentsApi & DeploymentsWriteApi> {
  const root = mkdtempSync(join(tmpdir(), 'devops-mcp-deployments-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const work = join(root, 'work');
  const git = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    execFileSync('git', args, {
      cwd: root,
      env: { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', ...env },
    });
  git(['init', '--quiet', '--initial-branch=main', work]);
  for (const [title, at, files] of commits) {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(work, path)), { recursive: true });
      writeFileSync(join(work, path), text);
    }
    git(['-C', work, 'add', '--all']);
    const who = ['Deployer', 'deployer@example.com'] as const;
    git(['-C', work, 'commit', '--quiet', '-m', title], {
      ...{ GIT_AUTHOR_NAME: who[0], GIT_AUTHOR_EMAIL: who[1], GIT_AUTHOR_DATE: at },
      ...{ GIT_COMMITTER_NAME: who[0], GIT_COMMITTER_EMAIL: who[1], GIT_COMMITTER_DATE: at },
    });
  }
  git(['clone', '--quiet', '--bare', work, 'desired.git']);
  return connect(join(root, 'desired.git'));
}

async function connect(path: string): Promise<DeploymentsApi & DeploymentsWriteApi> {
  const backend = await backends.gitops?.();
  const port = backend?.ports.find((one) => one.port.name === 'deployments');
  const backendContext: BackendContext<unknown> = {
    config: backend?.config.parse({ path, write: { path } }),
    environment: { name: 'production', class: 'production' },
    resolvePath: (relative) => relative,
    stateDir: dirname(path),
    services: {
      telemetryName: (service) => service,
      serviceOf: (name) => name,
      setting: () => undefined,
      services: () => [],
    },
    network: { proxy: null, noProxy: [], caFile: null },
    leases: { acquire: async () => undefined },
    clock: () => new Date('2026-05-04T12:30:00Z'),
    warn: () => undefined,
  };
  const [read, write] = await Promise.all([port?.open(backendContext), port?.openWrite?.(backendContext)]);
  // Boundary: what a port implementation opens is its port's interface.
  return { ...read, ...write } as DeploymentsApi & DeploymentsWriteApi;
}
