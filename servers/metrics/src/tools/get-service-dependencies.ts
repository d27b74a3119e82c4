import {
  defineTool,
  envelope,
  environmentName,
  maxTokens,
  optional,
  period,
  serviceName,
} from '@devops-mcp/contract';
import { alertsPort, dependenciesPort, deploymentsPort, metricsPort, servicesPort } from '@devops-mcp/domain';
import { z } from 'zod';
import { originVerdicts } from '../dependencies/fault-origin.js';
import { mapDependencies } from '../dependencies/map-dependencies.js';
import { healthStates } from '../dependencies/node-health.js';
import { presentDependencies } from '../dependencies/present-dependencies.js';
import { renderDependencies } from '../dependencies/render-dependencies.js';

export const dependencyPorts = {
  services: servicesPort,
  dependencies: optional(dependenciesPort),
  metrics: optional(metricsPort),
  alerts: optional(alertsPort),
  deployments: optional(deploymentsPort),
};

export const dependenciesAnswer = envelope(
  z.object({
    service: z.string(),
    environment: z.string(),
    /** Whether what ails the service is its own or comes from something it calls. */
    origin: z.object({
      verdict: z.enum(originVerdicts),
      suspects: z.array(z.string()),
      evidence: z.array(z.string()),
    }),
    nodes: z.array(
      z.object({
        name: z.string(),
        kind: z.literal('resource').optional(),
        relation: z.enum(['self', 'upstream', 'downstream', 'both']),
        depth: z.number(),
        health: z.enum(healthStates),
        reasons: z.array(z.string()),
        since: z.string().optional(),
        judgedBy: z.array(z.string()),
        owner: z.string().optional(),
        alerts: z.array(z.string()).optional(),
        lastDeployment: z
          .object({ id: z.string(), time: z.string(), version: z.string().optional() })
          .optional(),
      }),
    ),
    edges: z.array(
      z.object({
        from: z.string(),
        to: z.string(),
        origin: z.enum(['declared', 'observed', 'both']),
        callsPerSecond: z.number().optional(),
        errorShare: z.number().optional(),
        p95Ms: z.number().optional(),
        previousErrorShare: z.number().optional(),
        previousP95Ms: z.number().optional(),
        seenSecondsAgo: z.number().optional(),
      }),
    ),
    disagreements: z.array(z.string()),
  }),
);
export type DependenciesAnswer = z.output<typeof dependenciesAnswer>;

export const getServiceDependencies = defineTool({
  name: 'get_service_dependencies',
  title: 'Service dependencies',
  description:
    'What a service calls (downstream) and what calls it (upstream): health, owner, alerts, last deployment, traffic; whether trouble is local or propagating.',
  riskTier: 1,
  ports: dependencyPorts,
  input: z.strictObject({
    service: serviceName,
    environment: environmentName,
    direction: z.enum(['upstream', 'downstream', 'both']).default('both'),
    depth: z.number().int().min(1).max(3).default(1),
    period,
    maxTokens,
  }),
  output: dependenciesAnswer,
  limits: { timeoutMs: 50_000, outputBytes: 64_000 },
  target: ({ environment, service }) => ({ environment, services: [service] }),
  async run(call) {
    const map = await mapDependencies(call.input, call.ports, call);
    return presentDependencies(map, call.input, call.ports.services, call.now);
  },
  render: renderDependencies,
});
