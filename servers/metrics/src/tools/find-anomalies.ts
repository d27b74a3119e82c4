import { defineTool, envelope, environmentName, maxTokens, optional, period } from '@devops-mcp/contract';
import { deploymentsPort, metricsPort, servicesPort } from '@devops-mcp/domain';
import { z } from 'zod';
import { findAnomalousServices } from '../anomalies/find-anomalous-services.js';
import { renderAnomalies } from '../anomalies/render-anomalies.js';

export const anomaliesAnswer = envelope(
  z.object({
    services: z.array(
      z.object({
        service: z.string(),
        owner: z.string().optional(),
        onset: z.string(),
        score: z.number(),
        /** Dependencies, as the catalog declares them, that left their normal before or with it. */
        dependenciesBefore: z.array(z.string()),
        /** Last deployment in the hour before the onset. */
        deployment: z.object({ id: z.string(), time: z.string() }).optional(),
        signals: z.array(
          z.object({
            signal: z.string(),
            instance: z.string().optional(),
            unit: z.string(),
            onset: z.string(),
            /** Absent while it lasts. */
            end: z.string().optional(),
            baseline: z.number(),
            value: z.number(),
            score: z.number(),
          }),
        ),
      }),
    ),
    examined: z.object({ services: z.number(), series: z.number() }),
    method: z.string(),
    ranking: z.string(),
  }),
);
export type AnomaliesAnswer = z.output<typeof anomaliesAnswer>;

export const findAnomalies = defineTool({
  name: 'find_anomalies',
  title: 'Find anomalies',
  description:
    'Which services, instances and signals of an environment left their normal, since when. Start here when the service is not known.',
  riskTier: 1,
  ports: { metrics: metricsPort, services: servicesPort, deployments: optional(deploymentsPort) },
  input: z.strictObject({
    environment: environmentName,
    period,
    top: z.number().int().min(1).max(50).default(10),
    maxTokens,
  }),
  output: anomaliesAnswer,
  limits: { timeoutMs: 50_000, outputBytes: 64_000 },
  target: ({ environment }) => ({ environment, services: [] }),
  run: findAnomalousServices,
  render: renderAnomalies,
});
