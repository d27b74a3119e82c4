import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../src/index.js';
import { catalogFolder, component, entity } from './catalog-folder.js';

const teams = [
  entity('Group', 'team-payments', '{ type: team, children: [], parent: engineering }'),
  entity('Group', 'engineering', '{ type: department, children: [] }'),
  entity('User', 'oncall', '{ memberOf: [team-payments], profile: { email: oncall@example.com } }'),
].join('---\n');

describe('services', () => {
  it('reads what a team already has', async () => {
    const folder = catalogFolder({
      'teams.yaml': teams,
      'payments/catalog-info.yaml': `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments-api
  description: Takes payments
  labels: { tier: '1' }
  annotations:
    github.com/project-slug: example/payments-api
    pagerduty.com/service-id: PABC123
  links: [{ url: 'https://dashboards.example.com/payments', title: Dashboard }]
spec:
  type: service
  lifecycle: production
  owner: team-payments
  system: shop
  dependsOn: [resource:payments-db, component:default/ledger]
---
${entity('System', 'shop', '{ owner: team-payments }')}---
${entity('Resource', 'payments-db', '{ type: database, owner: team-payments }')}---
${component('ledger', 'owner: group:default/team-payments')}`,
    });
    const { services, problems } = await loadCatalog({ paths: [folder] });
    expect(problems).toEqual([]);
    expect(services.get('payments-api')).toEqual({
      name: 'payments-api',
      owner: 'group:default/team-payments',
      system: 'shop',
      tier: '1',
      description: 'Takes payments',
      dependsOn: ['ledger'],
      resources: ['resource:default/payments-db'],
      annotations: {
        'github.com/project-slug': 'example/payments-api',
        'pagerduty.com/service-id': 'PABC123',
      },
      links: [{ url: 'https://dashboards.example.com/payments', title: 'Dashboard' }],
      signals: {},
    });
    expect(services.list().map((service) => service.name)).toEqual(['ledger', 'payments-api']);
    expect(services.dependents('ledger')).toEqual(['payments-api']);
    expect(services.closest('paymnts-api')).toEqual(['payments-api']);
    expect(services.closest('zzz')).toEqual([]);
  });

  it('leaves files that are no entities and libraries alone', async () => {
    const folder = catalogFolder({
      'mkdocs.yml': 'site_name: Docs\nnav: [a, b]\n',
      'deployment.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: x }\n',
      'catalog-info.yaml': component('design-kit', 'type: library\nowner: nobody').replace(
        '  type: service\n',
        '',
      ),
      '.hidden/catalog-info.yaml': component('hidden', 'owner: nobody'),
    });
    const { services, problems } = await loadCatalog({ paths: [folder] });
    expect(services.list()).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('takes a single file as a path, and reports a path that is not there', async () => {
    const folder = catalogFolder({ 'a.yaml': component('a', 'owner: team-payments'), 'teams.yaml': teams });
    const missing = join(folder, 'nowhere');
    const paths = [join(folder, 'a.yaml'), join(folder, 'teams.yaml'), missing];
    const { services, ownership, problems } = await loadCatalog({ paths });
    expect(services.get('a')?.owner).toBe('group:default/team-payments');
    expect(ownership.knows('a')).toBe(true);
    expect(problems).toMatchObject([{ code: 'unreadable', file: missing, line: 1 }]);
  });
});

describe('dependencies', () => {
  it('finds them through dependencyOf, APIs and resources', async () => {
    const folder = catalogFolder({
      'all.yaml': [
        teams,
        component('web', 'owner: team-payments\nconsumesApis: [checkout-api]'),
        component(
          'checkout',
          'owner: team-payments\nprovidesApis: [checkout-api]\nconsumesApis: [checkout-api]',
        ),
        entity('API', 'checkout-api', '{ type: openapi, lifecycle: production, owner: team-payments }'),
        component('search', 'owner: team-payments\ndependencyOf: [component:web]'),
        component('reports', 'owner: team-payments\ndependsOn: [resource:mirror]'),
        entity(
          'Resource',
          'mirror',
          '{ type: database, owner: team-payments, dependsOn: [component:orders] }',
        ),
        component('orders', 'owner: team-payments\ndependsOn: [component:checkout]'),
        entity('Resource', 'cache', '{ type: cache, owner: team-payments, dependencyOf: [component:web] }'),
      ].join('---\n'),
    });
    const { services, ownership, problems } = await loadCatalog({ paths: [folder] });
    expect(problems).toEqual([]);
    expect(services.get('web')).toMatchObject({
      dependsOn: ['checkout', 'search'],
      resources: ['resource:default/cache'],
    });
    expect(services.get('checkout')?.dependsOn).toEqual([]);
    expect(services.get('reports')).toMatchObject({
      dependsOn: ['orders'],
      resources: ['resource:default/mirror'],
    });
    expect(ownership.dependentsOf('checkout')).toEqual(['orders', 'reports', 'web']);
    expect(services.dependents('checkout')).toEqual(['orders', 'web']);
    expect(ownership.dependentsOf('unknown')).toEqual([]);
  });
});

describe('membership', () => {
  it('knows a person by reference and by address, in the group and above it', async () => {
    const folder = catalogFolder({
      'teams.yaml': `${teams}---\n${entity('Group', 'team-orders', '{ type: team, members: [lead], children: [] }')}---\n${entity('User', 'lead', '{ memberOf: [] }')}`,
    });
    const { ownership } = await loadCatalog({ paths: [folder] });
    expect(ownership.isMember('user:default/oncall', 'group:default/team-payments')).toBe(true);
    expect(ownership.isMember('oncall@example.com', 'group:default/team-payments')).toBe(true);
    expect(ownership.isMember('user:default/oncall', 'group:default/engineering')).toBe(true);
    expect(ownership.isMember('user:default/lead', 'team-orders')).toBe(true);
    expect(ownership.isMember('user:default/lead', 'group:default/team-payments')).toBe(false);
    expect(ownership.isMember('user:default/unknown', 'group:default/team-payments')).toBe(false);
    expect(ownership.isMember('group:default/team-payments', 'group:default/team-payments')).toBe(false);
    expect(ownership.isMember('', '')).toBe(false);
  });

  it('trusts no address that two users claim, and survives groups in a circle', async () => {
    const folder = catalogFolder({
      'teams.yaml': [
        entity('Group', 'a', '{ type: team, parent: b, children: [] }'),
        entity('Group', 'b', '{ type: team, parent: a, children: [] }'),
        entity('User', 'one', '{ memberOf: [a], profile: { email: x@example.com } }'),
        entity('User', 'two', '{ memberOf: [b], profile: { email: X@example.com } }'),
      ].join('---\n'),
    });
    const { ownership, problems } = await loadCatalog({ paths: [folder] });
    expect(ownership.isMember('x@example.com', 'group:default/a')).toBe(false);
    expect(ownership.isMember('user:default/one', 'group:default/b')).toBe(true);
    expect(ownership.isMember('user:default/one', 'group:default/c')).toBe(false);
    expect(problems).toMatchObject([{ code: 'duplicate_name' }]);
  });
});

describe('digest', () => {
  it('is the same for the same files elsewhere and changes with any of them', async () => {
    const files = {
      'teams.yaml': teams,
      'a.yaml': component('a', 'owner: team-payments', 'devops-mcp/service: ./devops-mcp.service.yaml'),
      'devops-mcp.service.yaml': 'limits: { production: { replicas: { max: 3 } } }\n',
    };
    const digest = async (given: Record<string, string>) =>
      (await loadCatalog({ paths: [catalogFolder(given)] })).digest;
    const first = await digest(files);
    expect(first).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await digest(files)).toBe(first);
    const looser = 'limits: { production: { replicas: { max: 9 } } }\n';
    expect(await digest({ ...files, 'devops-mcp.service.yaml': looser })).not.toBe(first);
  });
});

it('loads two hundred services', async () => {
  const files: Record<string, string> = { 'teams.yaml': teams };
  const service = readFileSync(new URL('./full.service.yaml', import.meta.url), 'utf8');
  for (let i = 0; i < 200; i += 1) {
    const spec = `owner: team-payments\ndependsOn:\n  - component:service-${(i + 1) % 200 === 0 ? 50 : i + 1}`;
    const named = 'devops-mcp/service: ./devops-mcp.service.yaml\n    github.com/project-slug: example/a';
    files[`service-${i}/catalog-info.yaml`] = component(
      `service-${i}`,
      i === 199 ? 'owner: team-payments' : spec,
      named,
    );
    files[`service-${i}/devops-mcp.service.yaml`] = service.replace('payments-api', `service-${i}-app`);
  }
  const folder = catalogFolder(files);
  const { services, problems } = await loadCatalog({ paths: [folder] });
  expect(problems).toEqual([]);
  expect(services.list()).toHaveLength(200);
});
