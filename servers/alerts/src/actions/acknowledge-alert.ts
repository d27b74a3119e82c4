import { defineAction, environmentName } from '@devops-mcp/contract';
import { alertsPort } from '@devops-mcp/domain';
import { z } from 'zod';
import { findAlert } from './find-alert.js';

const howUndone =
  'It ends with this firing of the alert; until then another acknowledgement replaces it. Nothing is hidden.';

export const acknowledgeAlert = defineAction({
  name: 'acknowledge_alert',
  title: 'Acknowledge an alert',
  description: 'Records who takes a firing alert. It stays visible.',
  riskTier: 2,
  ports: { alerts: alertsPort },
  input: z.strictObject({
    environment: environmentName,
    alert: z.string().min(1).max(200).describe('Fingerprint, or a name that fires once'),
    note: z.string().min(1).max(500),
  }),
  limits: { timeoutMs: 15_000, outputBytes: 16_000 },
  environments: ['production', 'staging', 'development'],
  blastRadius: { services: 1 },
  reversal: { kind: 'reversible', how: howUndone },
  confirmationText: ({ services, resources }) => services[0] ?? resources?.[0] ?? 'acknowledge',
  async resolve({ input, ports, ...context }) {
    const { service, fingerprint } = await findAlert(ports.alerts, input.alert, context);
    return {
      environment: input.environment,
      services: service === null ? [] : [service],
      resources: [`alert:${fingerprint}`],
    };
  },
  async plan({ input, ports, ...context }) {
    const { fingerprint } = await findAlert(ports.alerts, input.alert, context);
    const { alert: _alert, ...plan } = await ports.alerts.planAcknowledge(
      { fingerprint, note: input.note },
      context,
    );
    return { ...plan, blastRadius: { services: 1 }, reversal: { kind: 'reversible', how: howUndone } };
  },
  apply: ({ plan, ports, idempotencyKey, requestedBy, ...context }) =>
    ports.alerts.applyChange({ change: plan.change, idempotencyKey, by: requestedBy }, context),
});
