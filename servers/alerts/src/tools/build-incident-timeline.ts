import {
  defineTool,
  envelope,
  environmentName,
  maxTokens,
  optional,
  serviceName,
} from '@devops-mcp/contract';
import {
  actionHistoryPort,
  alertsPort,
  deploymentsPort,
  knowledgePort,
  logsPort,
  metricsPort,
  servicesPort,
  workloadsPort,
} from '@devops-mcp/domain';
import { z } from 'zod';
import { askTimeline } from '../timeline/ask-timeline.js';
import { phaseNames } from '../timeline/phases.js';
import { renderTimeline } from '../timeline/render-timeline.js';
import { eventKinds } from '../timeline/timeline-event.js';

export const timelineAnswer = envelope(
  z.object({
    title: z.string(),
    environment: z.string(),
    /** Empty: every service. */
    services: z.array(z.string()),
    format: z.enum(['markdown', 'json']),
    /** `secondsFromStart` of detected, acknowledged and resolved are the times to each. */
    phases: z.array(
      z.object({
        phase: z.enum(phaseNames),
        time: z.string().optional(),
        secondsFromStart: z.number().optional(),
        basis: z.string(),
      }),
    ),
    events: z.array(
      z.object({
        time: z.string(),
        kind: z.enum(eventKinds),
        service: z.string().optional(),
        text: z.string(),
      }),
    ),
    gaps: z.array(z.string()),
  }),
);
export type TimelineAnswer = z.output<typeof timelineAnswer>;

export const buildIncidentTimeline = defineTool({
  name: 'build_incident_timeline',
  title: 'Incident timeline',
  description:
    "One timeline of alerts, deployments, first errors, incident records and this suite's own actions, with times to detect, acknowledge and resolve, and what is not on record.",
  riskTier: 1,
  ports: {
    alerts: alertsPort,
    services: servicesPort,
    deployments: optional(deploymentsPort),
    logs: optional(logsPort),
    knowledge: optional(knowledgePort),
    actionHistory: optional(actionHistoryPort),
    metrics: optional(metricsPort),
    workloads: optional(workloadsPort),
  },
  input: z.strictObject({
    environment: environmentName,
    incident: z.string().min(1).max(100).optional().describe('Incident id'),
    service: serviceName.optional(),
    period: z
      .string()
      .min(2)
      .max(80)
      .optional()
      .describe('last_6h or start/end; default: that of the incident'),
    format: z.enum(['markdown', 'json']).default('markdown'),
    maxTokens: maxTokens.default(4000),
  }),
  output: timelineAnswer,
  limits: { timeoutMs: 30_000, outputBytes: 64_000 },
  target: ({ environment, service }) => ({ environment, services: service ? [service] : [] }),
  run: ({ input, ports, ...context }) => askTimeline(input, ports, context),
  render: renderTimeline,
});
