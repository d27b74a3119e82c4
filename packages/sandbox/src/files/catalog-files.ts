import type { ShopService } from '../company/model.js';
import { shopResources, shopTeams } from '../company/organisation.js';
import { shopServices } from '../company/services.js';

/** The person on call belongs to every team but these, so that the scope of owners can be seen to hold. */
const notOnCallFor = new Set(['team-messaging', 'team-observability', 'team-delivery', 'team-approvers']);

/** Path below the catalog folder to content: Backstage entities and the services' own files. */
export function renderCatalog(): ReadonlyMap<string, string> {
  const files = new Map<string, string>([
    ['organisation.yaml', organisation()],
    ['shop.yaml', system()],
  ]);
  for (const service of shopServices) {
    files.set(`${service.name}/catalog-info.yaml`, component(service));
    files.set(`${service.name}/devops-mcp.service.yaml`, serviceFile(service));
  }
  return files;
}

function organisation(): string {
  const groups = [
    'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: shop\nspec:\n  type: organization\n  children: []\n',
    ...shopTeams.map(
      (team) => `apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: ${team.name}
spec:
  type: team
  profile: { displayName: ${team.title}, email: ${team.name}@example.com }
  parent: shop
  children: []
`,
    ),
  ];
  const users = shopTeams.flatMap((team) =>
    team.members.map((member) => {
      const groups = member === 'oncall' ? onCallTeams() : [team.name];
      return `apiVersion: backstage.io/v1alpha1
kind: User
metadata:
  name: ${member}
spec:
  profile: { email: ${member}@example.com }
  memberOf: [${groups.join(', ')}]
`;
    }),
  );
  return [...groups, ...users].join('---\n');
}

function onCallTeams(): readonly string[] {
  return shopTeams.map((team) => team.name).filter((name) => !notOnCallFor.has(name));
}

function system(): string {
  const head = `apiVersion: backstage.io/v1alpha1
kind: System
metadata:
  name: shop
  description: The online shop
spec:
  owner: group:default/team-storefront
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: payments
  description: Takes payments for orders
spec:
  type: openapi
  lifecycle: production
  owner: group:default/team-payments
  system: shop
  definition: 'openapi: 3.1.0'
`;
  const resources = shopResources.map(
    (resource) => `apiVersion: backstage.io/v1alpha1
kind: Resource
metadata:
  name: ${resource.name}
  description: ${resource.description}
spec:
  type: ${resource.type}
  owner: ${resource.owner}
  system: shop
`,
  );
  return [head, ...resources].join('---\n');
}

function component(service: ShopService): string {
  // Checkout names the API of payments instead of the service, as both are common.
  const services = service.dependsOn.filter(
    (name) => !(service.name === 'checkout' && name === 'payments-api'),
  );
  const needs = [
    ...services.map((name) => `component:default/${name}`),
    ...service.resources.map((name) => `resource:default/${name}`),
  ];
  const api =
    service.name === 'checkout'
      ? '  consumesApis: [payments]\n'
      : service.name === 'payments-api'
        ? '  providesApis: [payments]\n'
        : '';
  return `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${service.name}
  description: ${JSON.stringify(service.description)}
  labels:
    tier: ${service.tier}
  annotations:
    github.com/project-slug: example/${service.name}
    backstage.io/kubernetes-id: ${service.name}
    backstage.io/kubernetes-namespace: shop
    pagerduty.com/service-id: P${pseudoId(service.name)}
    prometheus.io/rule: shop/${service.name}
    devops-mcp/service: ./devops-mcp.service.yaml
  links:
    - url: https://dashboards.example.com/d/${service.name}
      title: Dashboard
    - url: https://wiki.example.com/services/${service.name}
      title: Documentation
  tags: [${service.language}]
spec:
  type: ${service.name === 'web' ? 'website' : 'service'}
  lifecycle: production
  owner: group:default/${service.team}
  system: shop
${api}${needs.length === 0 ? '' : `  dependsOn:\n${needs.map((need) => `    - ${need}\n`).join('')}`}`;
}

function serviceFile(service: ShopService): string {
  const most = Math.max(6, service.replicas * 4);
  const signals =
    service.queue === undefined
      ? ''
      : `signals:\n  queue_depth: { metric: ${service.queue.metric}, unit: count, kind: gauge }\n`;
  const migrations =
    service.migrations === undefined
      ? ''
      : `migrations: { tool: ${service.migrations}, path: services/${service.name}/migrations, dialect: postgresql }\n`;
  return `# What the owners of ${service.name} allow, and where its data live.
limits:
  production:
    replicas: { max: ${most} }
    replicasAdded: { max: 4, step: 2, window: { sum: 4, per: 1h } }
    capacityRemovedShare: { max: ${service.replicas >= 3 ? 0.34 : 0.5} }
    podsRestarted: { max: ${Math.max(service.replicas * 2, service.autoscaler?.max ?? 0)} }
    services: { max: 1 }
    dependents: { max: 20 }
    alertsSilenced: { max: 2 }
    silenceMinutes: { max: 60 }
    filesChanged: { max: 10 }
  staging:
    replicas: { max: 4 }
    replicasAdded: { max: 3 }
    capacityRemovedShare: { max: 1 }
    podsRestarted: { max: 4 }
    services: { max: 1 }
    dependents: { max: 20 }
    filesChanged: { max: 20 }
${signals}telemetry: { serviceName: ${service.name} }
gitops: { path: services/${service.name} }
${migrations}`;
}

function pseudoId(name: string): string {
  let hash = 7;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 2_176_782_336;
  return hash.toString(36).toUpperCase().padStart(6, '0');
}
