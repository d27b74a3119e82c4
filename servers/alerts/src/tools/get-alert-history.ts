import {
  defineTool,
  envelope,
  environmentName,
  maxTokens,
  optional,
  serviceName,
  severity,
} from '@devops-mcp/contract';
import {
  alertsPort,
  deploymentsPort,
  knowledgePort,
  metricsPort,
  servicesPort,
  workloadsPort,
} from '@devops-mcp/domain';
import { z } from 'zod';
import { askHistory } from '../history/ask-history.js';
import { renderHistory } from '../history/render-history.js';

export const alertHistoryAnswer = envelope(
  z.object({
    environment: z.string(),
    alerts: z.array(
      z.object({
        name: z.string(),
        service: z.string().optional(),
        severity,
        firingNow: z.boolean(),
        firings: z.number(),
        firingSeconds: z.number(),
        firingShare: z.number(),
        /** Repeats within 15 minutes / max(5, repeats); see `flapScore`. */
        flapScore: z.number(),
        latest: z.array(
          z.object({
            start: z.string(),
            end: z.string().optional(),
            beganEarlier: z.boolean().optional(),
            value: z.number().optional(),
          }),
        ),
        /** In the 30 days before the period. */
        firedBefore: z.object({ times: z.number(), last: z.string().optional() }),
        incidents: z.array(
          z.object({
            id: z.string(),
            title: z.string(),
            started: z.string(),
            resolution: z.string().optional(),
          }),
        ),
        deploymentsBefore: z.array(
          z.object({ id: z.string(), time: z.string(), title: z.string(), minutesBefore: z.number() }),
        ),
      }),
    ),
  }),
);
export type AlertHistoryAnswer = z.output<typeof alertHistoryAnswer>;

export const getAlertHistory = defineTool({
  name: 'get_alert_history',
  title: 'Alert history',
  description:
    'When alerts fired, for how long, how much they flap, whether they fired before and what was done then, and deployments in the hour before.',
  riskTier: 1,
  ports: {
    alerts: alertsPort,
    services: servicesPort,
    knowledge: optional(knowledgePort),
    deployments: optional(deploymentsPort),
    metrics: optional(metricsPort),
    workloads: optional(workloadsPort),
  },
  input: z.strictObject({
    environment: environmentName,
    service: serviceName.optional(),
    alert: z.string().min(1).max(200).optional().describe('Alert name'),
    period: z.string().min(2).max(80).default('last_24h').describe('last_24h or start/end'),
    maxTokens,
  }),
  output: alertHistoryAnswer,
  limits: { timeoutMs: 20_000, outputBytes: 64_000 },
  target: ({ environment, service }) => ({ environment, services: service ? [service] : [] }),
  run: ({ input, ports, ...context }) => askHistory(input, ports, context),
  render: renderHistory,
});
