import { type CallContext, defineAction, environmentName } from '@devops-mcp/contract';
import { type Alert, type AlertsApi, alertsPort, type Silence } from '@devops-mcp/domain';
import { z } from 'zod';
import { readMatchers } from './read-matchers.js';

const longestMinutes = 480;
const mostNamed = 50;
/** In production a silence beyond this, or of more than one alert, hides signals that others rely on. */
const shortMinutes = 30;

export const silenceAlert = defineAction({
  name: 'silence_alert',
  title: 'Silence alerts',
  description:
    'Hides matching alerts for a time. In production tier 3 when longer than 30 minutes or for several alerts.',
  riskTier: 2,
  ports: { alerts: alertsPort },
  input: z.strictObject({
    environment: environmentName,
    matchers: z
      .array(z.string().min(3).max(300))
      .min(1)
      .max(8)
      .describe('e.g. alertname=HighErrorRate, service=~pay.*'),
    minutes: z.number().int().min(1).max(longestMinutes),
    comment: z.string().min(1).max(500),
  }),
  limits: { timeoutMs: 15_000, outputBytes: 24_000 },
  environments: ['production', 'staging', 'development'],
  blastRadius: { alertsSilenced: 20, silenceMinutes: longestMinutes, services: 5 },
  reversal: { kind: 'reversible', how: 'It ends by itself; expired earlier, the alerts show again.' },
  confirmationText: ({ services, resources }) => services.join(', ') || (resources?.[0] ?? 'silence'),
  async resolve({ input, ports, ...context }) {
    const { alerts } = await planOf(input, ports.alerts, context);
    const matchers = readMatchers(input.matchers);
    const hidden = alerts.slice(0, mostNamed).map(({ fingerprint }) => `alert:${fingerprint}`);
    return {
      environment: input.environment,
      services: servicesOf(alerts, matchers),
      ...(hidden.length > 0 ? { resources: hidden } : {}),
    };
  },
  classify: ({ environmentClass, plan }) => {
    const { alertsSilenced = 0, silenceMinutes = 0 } = plan.blastRadius;
    const wide = silenceMinutes > shortMinutes || alertsSilenced > 1;
    return environmentClass === 'production' && wide ? 3 : 2;
  },
  async plan({ input, target, ports, ...context }) {
    const { alerts, ...plan } = await planOf(input, ports.alerts, context);
    return {
      ...plan,
      blastRadius: {
        alertsSilenced: alerts.length,
        silenceMinutes: input.minutes,
        services: target.services.length,
      },
      reversal: {
        kind: 'reversible',
        how: `Ends by itself ${input.minutes} minutes after it was made; expired in the alert system earlier, the alerts show again.`,
      },
    };
  },
  apply: ({ plan, ports, idempotencyKey, requestedBy, ...context }) =>
    ports.alerts.applyChange({ change: plan.change, idempotencyKey, by: requestedBy }, context),
});

function planOf(
  input: { readonly matchers: readonly string[]; readonly minutes: number; readonly comment: string },
  alerts: AlertsApi,
  context: CallContext,
) {
  const matchers = readMatchers(input.matchers);
  return alerts.planSilence({ matchers, minutes: input.minutes, comment: input.comment }, context);
}

/** Of the alerts that are hidden now and, for a silence in advance, of the matchers themselves. */
function servicesOf(alerts: readonly Alert[], matchers: Silence['matchers']): readonly string[] {
  const named = matchers
    .filter(({ name, isRegex, isEqual }) => name === 'service' && !isRegex && isEqual)
    .map(({ value }) => value);
  return [...new Set([...alerts.flatMap(({ service }) => service ?? []), ...named])].sort();
}
