import { defineResource, environmentName, serviceName } from '@devops-mcp/contract';
import { z } from 'zod';
import { mapDependencies } from '../dependencies/map-dependencies.js';
import { presentDependencies } from '../dependencies/present-dependencies.js';
import { dependencyPorts } from '../tools/get-service-dependencies.js';

const completionsMax = 50;

/** The map of the last hour, one call away in both directions; the tool gives more. */
export const serviceDependencies = defineResource({
  name: 'service_dependencies',
  title: 'Service dependencies',
  description: 'Neighbours of a service with health, owner, alerts, last deployment and traffic.',
  uriTemplate: 'service://{environment}/{service}/dependencies',
  mimeType: 'application/json',
  riskTier: 1,
  ports: dependencyPorts,
  params: z.strictObject({ environment: environmentName, service: serviceName }),
  limits: { timeoutMs: 50_000, outputBytes: 64_000 },
  complete: {
    service: ({ value, ports }) =>
      ports.services
        .list()
        .map((entry) => entry.name)
        .filter((name) => name.toLowerCase().includes(value.toLowerCase()))
        .toSorted((a, b) => Number(b.startsWith(value)) - Number(a.startsWith(value)) || (a < b ? -1 : 1))
        .slice(0, completionsMax),
  },
  target: ({ environment, service }) => ({ environment, services: [service] }),
  async read(call) {
    const question = {
      ...call.params,
      direction: 'both',
      depth: 1,
      period: 'last_1h',
      maxTokens: 4_000,
    } as const;
    const map = await mapDependencies(question, call.ports, call);
    const answer = presentDependencies(map, question, call.ports.services, call.now);
    // Optional fields that are not set must be absent in JSON, and in its type.
    return JSON.parse(JSON.stringify(answer));
  },
});
