import type { ShopResource } from '../company/model.js';
import { shopResources } from '../company/organisation.js';
import { shopServices } from '../company/services.js';
import { createRandom } from '../random.js';

const provider = 'provider["registry.terraform.io/hashicorp/aws"]';
const version = '1.9.8';

interface Managed {
  readonly module: string;
  readonly type: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A state file, version 4, of the databases, caches and queues. */
export function renderTerraformState(seed: number): string {
  const random = createRandom(`terraform/${seed}`);
  const resources = managed().map(({ module, type, name, attributes }) => ({
    module: `module.${module}`,
    mode: 'managed',
    type,
    name,
    provider,
    instances: [{ schema_version: 1, attributes, sensitive_attributes: [] }],
  }));
  const lineage = `${random.hex(8)}-${random.hex(8).slice(0, 4)}-4${random.hex(8).slice(0, 3)}-a${random.hex(8).slice(0, 3)}-${random.hex(16).slice(0, 12)}`;
  const state = {
    version: 4,
    terraform_version: version,
    serial: 412 + random.int(40),
    lineage,
    outputs: {},
    resources,
    check_results: null,
  };
  return `${JSON.stringify(state, null, 2)}\n`;
}

/** `terraform show -json` of a plan: one database grows, one was changed by hand, one cache would be replaced. */
export function renderTerraformPlan(): string {
  const [database, drifted] = managed().filter((entry) => entry.type === 'aws_db_instance');
  const cache = managed().find((entry) => entry.type === 'aws_elasticache_cluster');
  const changes = [
    database && change(database, ['update'], { allocated_storage: 400 }),
    cache && change(cache, ['delete', 'create'], { node_type: 'cache.r7g.large' }),
  ];
  const plan = {
    format_version: '1.2',
    terraform_version: version,
    resource_drift: [drifted && change(drifted, ['update'], { backup_retention_period: 3 })].filter(Boolean),
    resource_changes: changes.filter(Boolean),
    applyable: true,
    complete: true,
    errored: false,
  };
  return `${JSON.stringify(plan, null, 2)}\n`;
}

function change(
  entry: Managed,
  actions: readonly string[],
  after: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return {
    address: `module.${entry.module}.${entry.type}.${entry.name}`,
    module_address: `module.${entry.module}`,
    mode: 'managed',
    type: entry.type,
    name: entry.name,
    provider_name: 'registry.terraform.io/hashicorp/aws',
    change: {
      actions,
      before: entry.attributes,
      after: { ...entry.attributes, ...after },
      after_unknown: {},
      before_sensitive: {},
      after_sensitive: {},
    },
  };
}

function managed(): readonly Managed[] {
  return shopResources.flatMap((resource) => {
    const user = shopServices.find((service) => service.resources.includes(resource.name));
    const tags = { service: user?.name ?? 'shared', team: resource.owner, environment: 'production' };
    const own = cloudResources[resource.type];
    if (own === null) return [];
    return [
      {
        module: (user?.name ?? 'shared').replaceAll('-', '_'),
        type: own.type,
        name: resource.name.replaceAll('-', '_'),
        attributes: { id: `shop-${resource.name}`, tags, ...own.attributes },
      },
    ];
  });
}

/** What each kind of resource is at the cloud provider; external services are not ours to describe. */
const cloudResources: Readonly<
  Record<ShopResource['type'], { type: string; attributes: Readonly<Record<string, unknown>> } | null>
> = {
  database: {
    type: 'aws_db_instance',
    attributes: {
      engine: 'postgres',
      engine_version: '16.4',
      instance_class: 'db.r7g.large',
      allocated_storage: 200,
      multi_az: true,
      backup_retention_period: 14,
    },
  },
  cache: {
    type: 'aws_elasticache_cluster',
    attributes: { engine: 'redis', node_type: 'cache.r7g.medium', num_cache_nodes: 1 },
  },
  queue: {
    type: 'aws_mq_broker',
    attributes: { engine_type: 'RabbitMQ', deployment_mode: 'CLUSTER_MULTI_AZ' },
  },
  'search-index': { type: 'aws_opensearch_domain', attributes: { engine_version: 'OpenSearch_2.17' } },
  'external-service': null,
};
