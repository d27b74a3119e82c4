import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../src/index.js';
import { catalogFolder, component, entity } from './catalog-folder.js';

const full = readFileSync(new URL('./full.service.yaml', import.meta.url), 'utf8');
const named = 'devops-mcp/service: ./devops-mcp.service.yaml';
const team = entity('Group', 'team-a', '{ type: team, children: [] }');

function folderWith(service: string, name = 'payments'): string {
  return catalogFolder({
    'teams.yaml': team,
    'catalog-info.yaml': component(name, 'owner: team-a', named),
    'devops-mcp.service.yaml': service,
  });
}

describe('limits', () => {
  it('are read for an environment, windows in minutes', async () => {
    const { ownership, services, problems } = await loadCatalog({
      paths: [folderWith(full)],
      environments: ['production', 'staging'],
    });
    expect(problems).toEqual([]);
    expect(ownership.limitsOf('payments', 'production')).toEqual({
      replicas: { max: 12 },
      replicasAdded: { max: 4, step: 2, window: { sum: 4, perMinutes: 60 } },
      capacityRemovedShare: { max: 0.34 },
      podsRestarted: { max: 6 },
      services: { max: 1 },
      dependents: { max: 20 },
      alertsSilenced: { max: 1 },
      silenceMinutes: { max: 30 },
      filesChanged: { max: 10 },
    });
    expect(services.limits('payments', 'production')).toEqual(ownership.limitsOf('payments', 'production'));
    expect(ownership.limitsOf('payments', 'staging')).toBeUndefined();
    expect(ownership.limitsOf('payments', 'toString')).toBeUndefined();
    expect(ownership.limitsOf('unknown', 'production')).toBeUndefined();
  });

  it.each([
    ['a dimension that does not exist', 'limits:\n  production:\n    replicsa: { max: 3 }\n', 3],
    ['a key that does not exist', 'limits:\n  production:\n    replicas:\n      maximum: 3\n', 4],
    ['a share above one', 'limits:\n  production:\n    replicas: { share: 1.5 }\n', 3],
    [
      'a window without a unit',
      'limits:\n  production:\n    replicas:\n      window: { sum: 4, per: 60 }\n',
      4,
    ],
    ['a negative number', 'limits:\n  production:\n    replicas: { max: -1 }\n', 3],
  ])('of an environment do not count at all with %s', async (_, text, line) => {
    const folder = folderWith(`${text}    services: { max: 1 }\n`);
    const { ownership, problems } = await loadCatalog({ paths: [folder] });
    expect(ownership.limitsOf('payments', 'production')).toBeUndefined();
    expect(problems).toMatchObject([
      { code: 'invalid_service_file', file: join(folder, 'devops-mcp.service.yaml'), line },
    ]);
  });

  it('for an environment that is not configured are reported', async () => {
    const folder = folderWith('limits:\n  prodution:\n    replicas: { max: 3 }\n');
    const { problems } = await loadCatalog({ paths: [folder], environments: ['production'] });
    expect(problems).toMatchObject([{ code: 'invalid_service_file', line: 2 }]);
    expect(problems[0]?.message).toContain('production');
  });
});

describe('settings', () => {
  it('answer by path and say where telemetry knows the service', async () => {
    const { mapping, services } = await loadCatalog({ paths: [folderWith(full)] });
    expect(mapping.telemetryName('payments')).toBe('payments-api');
    expect(mapping.serviceOf('payments-api')).toBe('payments');
    expect(mapping.telemetryName('unknown')).toBe('unknown');
    expect(mapping.serviceOf('unknown')).toBe('unknown');
    expect(mapping.setting('payments', 'gitops.path')).toBe('services/payments-api');
    expect(mapping.setting('payments', 'migrations')).toEqual({
      tool: 'flyway',
      path: 'services/payments-api/migrations',
      dialect: 'postgresql',
    });
    expect(mapping.setting('payments', 'gitops.path.length')).toBeUndefined();
    expect(mapping.setting('payments', '__proto__.polluted')).toBeUndefined();
    expect(mapping.setting('unknown', 'gitops.path')).toBeUndefined();
    expect(mapping.services()).toEqual(['payments']);
    expect(services.get('payments')?.signals).toEqual({
      queue_depth: { metric: 'payments.queue.depth', unit: 'count', kind: 'gauge' },
    });
  });

  it("say which workload and which infrastructure are the service's", async () => {
    const folder = folderWith(
      'kubernetes: { namespace: shop, workload: checkout-v2, selector: "app=checkout" }\nterraform: { addresses: [module.payments] }\n',
    );
    const { mapping, problems } = await loadCatalog({ paths: [folder] });
    expect(problems).toEqual([]);
    expect(mapping.setting('payments', 'kubernetes.namespace')).toBe('shop');
    expect(mapping.setting('payments', 'kubernetes.workload')).toBe('checkout-v2');
    expect(mapping.setting('payments', 'kubernetes.selector')).toBe('app=checkout');
    expect(mapping.setting('payments', 'terraform.addresses')).toEqual(['module.payments']);
  });

  it('refuse unknown keys, tools and paths that climb, and keep the rest', async () => {
    const folder = folderWith(
      `gitops: { path: ../../elsewhere }\nmigrations: { tool: liquibase, path: db }\nlimit: {}\ntelemetry: { serviceName: payments-api }\n`,
    );
    const { mapping, problems } = await loadCatalog({ paths: [folder] });
    expect(problems.map((problem) => problem.line)).toEqual([1, 2, 3]);
    expect(mapping.setting('payments', 'gitops')).toBeUndefined();
    expect(mapping.telemetryName('payments')).toBe('payments-api');
  });

  it('report two services that telemetry cannot tell apart', async () => {
    const folder = catalogFolder({
      'teams.yaml': team,
      'a/catalog-info.yaml': component('a', 'owner: team-a', named),
      'a/devops-mcp.service.yaml': 'telemetry: { serviceName: b }\n',
      'b.yaml': component('b', 'owner: team-a'),
    });
    const { mapping, problems } = await loadCatalog({ paths: [folder] });
    expect(problems).toMatchObject([{ code: 'duplicate_name', file: join(folder, 'b.yaml') }]);
    expect(mapping.serviceOf('b')).toBe('a');
  });
});

it.each([
  ['leaves the folder', '../devops-mcp.service.yaml'],
  ['is absolute', '/etc/hostname'],
  ['does not exist', './missing.yaml'],
])('reports a service file that %s', async (_, file) => {
  const outer = catalogFolder({
    'devops-mcp.service.yaml': full,
    'catalog/teams.yaml': team,
    'catalog/catalog-info.yaml': component('payments', 'owner: team-a', `devops-mcp/service: ${file}`),
  });
  const { ownership, problems } = await loadCatalog({ paths: [join(outer, 'catalog')] });
  expect(ownership.limitsOf('payments', 'production')).toBeUndefined();
  expect(problems).toMatchObject([{ code: 'invalid_service_file', line: 6 }]);
});
