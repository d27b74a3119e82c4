import { defineResource, environmentName, serviceName } from '@devops-mcp/contract';
import { completeService } from '@devops-mcp/domain';
import { z } from 'zod';
import { mapDependencies } from '../dependencies/map-dependencies.js';
import { presentDependencies } from '../dependencies/present-dependencies.js';
import { dependencyPorts } from '../tools/get-service-dependencies.js';

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
  complete: { service: completeService },
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
