import type { MigrationTool, ShopService } from '../company/model.js';
import { shopServices } from '../company/services.js';
import { autoscaler, configMap, deployment, kustomization, networkService } from './manifests.js';

/** What the repository says of one service at one moment; files are rendered from it. */
export interface DesiredService {
  readonly service: ShopService;
  version: string;
  replicas: number;
  config: Record<string, string>;
  flags: Record<string, string>;
  migrations: Migration[];
  /** Pieces of the service's main source file, oldest first. */
  sources: string[];
}

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly up: string;
  readonly down: string;
  /** When it was written: Prisma names migrations by time. */
  readonly atMs: number;
}

export type RepositoryFiles = ReadonlyMap<string, string>;

/** All files of a service in the repository, by path. */
export function renderService(state: DesiredService, environment: string): RepositoryFiles {
  const { service } = state;
  const folder = `services/${service.name}`;
  const files = new Map<string, string>([
    [`${folder}/kustomization.yaml`, kustomization(state)],
    [`${folder}/deployment.yaml`, deployment(state, environment)],
    [`${folder}/service.yaml`, networkService(service)],
    [`${folder}/config.yaml`, configMap(state, 'config', state.config)],
    [`${folder}/flags.yaml`, configMap(state, 'flags', state.flags)],
  ]);
  if (service.autoscaler !== undefined)
    files.set(`${folder}/hpa.yaml`, autoscaler(service, service.autoscaler));
  if (service.migrations !== undefined)
    for (const migration of state.migrations)
      for (const [name, sql] of migrationFiles(service.migrations, migration))
        files.set(`${folder}/migrations/${name}`, sql);
  return files;
}

/** As the tool names and lays out its files. */
function migrationFiles(tool: MigrationTool, migration: Migration): readonly [string, string][] {
  const { number, name, up, down, atMs } = migration;
  switch (tool) {
    case 'flyway':
      return [[`V${number}__${name}.sql`, up]];
    case 'golang-migrate': {
      const prefix = String(number).padStart(6, '0');
      return [
        [`${prefix}_${name}.up.sql`, up],
        [`${prefix}_${name}.down.sql`, down],
      ];
    }
    case 'prisma': {
      const stamp = new Date(atMs).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
      return [[`${stamp}_${name}/migration.sql`, up]];
    }
  }
}

export function rootKustomization(): string {
  return `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
${shopServices.map((service) => `  - services/${service.name}\n`).join('')}`;
}
