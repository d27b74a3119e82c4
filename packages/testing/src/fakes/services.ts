import type { OwnerLimits } from '@devops-mcp/contract';
import { closestNames, type ServiceEntry, type ServicesApi } from '@devops-mcp/domain';

export type FakeService = Partial<ServiceEntry> & { readonly name: string };

/** A catalog in memory; what an entry does not say is null or empty. `limits` are by service, then environment. */
export function fakeServices(
  entries: readonly FakeService[],
  limits: Readonly<Record<string, Readonly<Record<string, OwnerLimits>>>> = {},
): ServicesApi {
  const services = entries.map((entry) => ({ ...blank, ...entry }));
  return {
    list: () => services,
    get: (name) => services.find((service) => service.name === name),
    closest: (name) =>
      closestNames(
        name,
        services.map((service) => service.name),
      ),
    dependents: (name) =>
      services.filter((service) => service.dependsOn.includes(name)).map((service) => service.name),
    limits: (name, environment) => limits[name]?.[environment],
  };
}

const blank: Omit<ServiceEntry, 'name'> = {
  owner: null,
  system: null,
  tier: null,
  description: null,
  dependsOn: [],
  resources: [],
  annotations: {},
  links: [],
  signals: {},
};
