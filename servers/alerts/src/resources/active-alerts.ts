import { defineResource, environmentName } from '@devops-mcp/contract';
import { z } from 'zod';
import { askActive } from '../active/ask-active.js';
import { activePorts } from '../tools/get-active-alerts.js';

export const activeAlerts = defineResource({
  name: 'active_alerts',
  title: 'Active alerts',
  description: 'What fires in an environment now, grouped by likely root.',
  uriTemplate: 'alert://{environment}/active',
  mimeType: 'application/json',
  riskTier: 1,
  ports: activePorts,
  params: z.strictObject({ environment: environmentName }),
  limits: { timeoutMs: 20_000, outputBytes: 64_000 },
  target: ({ environment }) => ({ environment, services: [] }),
  async read({ params, ports, ...context }) {
    const question = { environment: params.environment, minSeverity: 'info', maxTokens: 6000 } as const;
    const answer = await askActive(question, ports, context);
    // Optional fields that are not set must be absent in JSON, and in its type.
    return JSON.parse(JSON.stringify(answer));
  },
});
