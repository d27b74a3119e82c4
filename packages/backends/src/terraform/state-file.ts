import type { InfrastructureResource } from '@devops-mcp/domain';
import { z } from 'zod';
import { UnusableFile } from './read-json-file.js';

/** Only what is read; attributes are looked at for tags that name a service and never kept. */
const instance = z.object({
  index_key: z.union([z.string(), z.number()]).nullish(),
  status: z.string().nullish(),
  deposed: z.string().nullish(),
  attributes: z.record(z.string(), z.unknown()).nullish(),
});

const stateFile = z.object({
  version: z.literal(4),
  terraform_version: z.string().nullish(),
  serial: z.number().nullish(),
  resources: z
    .array(
      z.object({
        module: z.string().nullish(),
        mode: z.string(),
        type: z.string(),
        name: z.string(),
        provider: z.string().default(''),
        instances: z.array(instance).default([]),
      }),
    )
    .default([]),
});

/** A resource with the words by which it can be told to belong to a service. */
export interface FoundResource {
  readonly resource: InfrastructureResource;
  readonly labels: readonly string[];
}

export interface FoundState {
  readonly terraformVersion: string | null;
  readonly serial: number | null;
  readonly resources: readonly FoundResource[];
}

/** Resources of a state file of version 4; data sources are left out, since they are not managed. */
export function readStateFile(json: unknown): FoundState {
  const parsed = stateFile.safeParse(json);
  if (!parsed.success)
    throw new UnusableFile('the state file is not of the shape of version 4', parsed.error);
  const state = parsed.data;
  const resources = state.resources
    .filter((resource) => resource.mode === 'managed')
    .flatMap((resource) =>
      resource.instances.map((one): FoundResource => {
        const base = `${resource.module ? `${resource.module}.` : ''}${resource.type}.${resource.name}`;
        const address = `${base}${indexText(one.index_key)}${one.deposed ? ` (deposed ${one.deposed})` : ''}`;
        return {
          resource: {
            address,
            type: resource.type,
            provider: providerName(resource.provider),
            status: one.status === 'tainted' ? 'tainted' : 'present',
          },
          labels: labelsOf(one.attributes),
        };
      }),
    );
  return { terraformVersion: state.terraform_version ?? null, serial: state.serial ?? null, resources };
}

/** `provider["registry.terraform.io/hashicorp/aws"].west` is `hashicorp/aws`. */
export function providerName(provider: string): string {
  const inner = /provider\["([^"]+)"\]/.exec(provider)?.[1] ?? provider;
  return inner.split('/').slice(-2).join('/');
}

/** Values of tags and labels, and the name, which is how teams say whose a resource is. */
export function labelsOf(
  attributes: Readonly<Record<string, unknown>> | null | undefined,
): readonly string[] {
  if (!attributes) return [];
  const tags = [attributes.tags, attributes.labels, attributes.tags_all].flatMap((map) =>
    typeof map === 'object' && map !== null ? Object.values(map) : [],
  );
  return [attributes.name, ...tags].filter((value) => typeof value === 'string');
}

function indexText(key: string | number | null | undefined): string {
  if (key === null || key === undefined) return '';
  return typeof key === 'number' ? `[${key}]` : `[${JSON.stringify(key)}]`;
}
