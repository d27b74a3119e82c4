import {
  defineTool,
  envelope,
  environmentName,
  maxTokens,
  optional,
  serviceName,
  severity,
} from '@devops-mcp/contract';
import { alertsPort, metricsPort, servicesPort, workloadsPort } from '@devops-mcp/domain';
import { z } from 'zod';
import { askActive } from '../active/ask-active.js';
import { renderActive } from '../active/render-active.js';

export const activePorts = {
  alerts: alertsPort,
  services: servicesPort,
  metrics: optional(metricsPort),
  workloads: optional(workloadsPort),
};

const alertRow = z.object({
  fingerprint: z.string(),
  name: z.string(),
  service: z.string().optional(),
  instance: z.string().optional(),
  severity,
  rawSeverity: z.string().optional(),
  since: z.string(),
  value: z.number().optional(),
  threshold: z.number().optional(),
  comparison: z.string().optional(),
  unit: z.string().optional(),
  trend: z.enum(['rising', 'falling', 'steady']).optional(),
  summary: z.string(),
  notified: z.array(z.string()),
  runbookUrl: z.string().optional(),
  silenced: z.object({ id: z.string(), by: z.string(), until: z.string() }).optional(),
  /** Another alert keeps it from being notified. */
  inhibited: z.boolean().optional(),
  acknowledgedBy: z.string().optional(),
  /** Copies that were taken to be the same alert. */
  merged: z.array(z.string()).optional(),
  /** The systems that know it, where several do. */
  seenIn: z.array(z.string()).optional(),
});

export const activeAlertsAnswer = envelope(
  z.object({
    environment: z.string(),
    at: z.string(),
    firing: z.number(),
    silenced: z.number(),
    /** Alerts of other services that were asked to be left out. */
    elsewhere: z.number(),
    /** Most urgent first; `root` is absent for alerts without a service. */
    groups: z.array(
      z.object({ root: z.string().optional(), why: z.array(z.string()), alerts: z.array(alertRow) }),
    ),
  }),
);
export type ActiveAlertsAnswer = z.output<typeof activeAlertsAnswer>;

export const getActiveAlerts = defineTool({
  name: 'get_active_alerts',
  title: 'Active alerts',
  description:
    'What fires: value against threshold, since, trend, who was notified, silences, runbook; grouped by the service it probably comes from. With a service: its alerts and those of its group.',
  riskTier: 1,
  ports: activePorts,
  input: z.strictObject({
    environment: environmentName,
    service: serviceName.optional(),
    minSeverity: severity.default('info'),
    at: z.string().max(40).optional().describe('A past moment, RFC 3339 or now-30m'),
    maxTokens: maxTokens.default(4000),
  }),
  output: activeAlertsAnswer,
  limits: { timeoutMs: 20_000, outputBytes: 64_000 },
  target: ({ environment, service }) => ({ environment, services: service ? [service] : [] }),
  run: ({ input, ports, ...context }) => askActive(input, ports, context),
  render: renderActive,
});
