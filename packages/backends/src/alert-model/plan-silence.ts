import { type JsonObject, ToolError } from '@devops-mcp/contract';
import type { Alert, AlertChangePlan, Silence } from '@devops-mcp/domain';
import { z } from 'zod';
import { isSupportedPattern, showMatcher, silenceMatches } from './matchers.js';

const longestMinutes = 24 * 60;
const shownAlerts = 20;

const matcher = z.strictObject({
  name: z.string().min(1).max(200),
  value: z.string().max(1000),
  isRegex: z.boolean(),
  isEqual: z.boolean(),
});

/** A silence as `apply` receives it; parsed again there, since it has travelled. */
export const silenceChange = z.strictObject({
  kind: z.literal('silence'),
  matchers: z.array(matcher),
  minutes: z.number().int().positive(),
  comment: z.string(),
  /** Fingerprints of the alerts that the plan was shown to hide. */
  hides: z.array(z.string()),
});
export type SilenceChange = z.output<typeof silenceChange>;

export function planNewSilence(
  active: readonly Alert[],
  query: {
    readonly matchers: Silence['matchers'];
    readonly minutes: number;
    readonly comment: string;
  },
): AlertChangePlan & { readonly alerts: readonly Alert[] } {
  checkSilence(query);
  const hidden = hiddenBy(active, query.matchers);
  const shown = query.matchers.map(showMatcher).join(', ');
  const change: JsonObject = {
    kind: 'silence',
    matchers: query.matchers.map(({ name, value, isRegex, isEqual }) => ({ name, value, isRegex, isEqual })),
    minutes: query.minutes,
    comment: query.comment,
    hides: hidden.map(({ fingerprint }) => fingerprint),
  };
  return {
    alerts: hidden,
    change,
    observed: {
      hides: hidden.map(({ fingerprint, since }) => ({ fingerprint, since: since.toISOString() })),
    },
    summary: `Silence {${shown}} for ${query.minutes} min; hides ${count(hidden.length)} now`,
    diff: [
      `+ silence {${shown}}`,
      `+   for ${query.minutes} minutes from when it is applied`,
      `+   comment: ${query.comment}`,
      ...hidden.slice(0, shownAlerts).map((alert) => `+   hides ${describeAlert(alert)}`),
      ...(hidden.length > shownAlerts ? [`+   hides ${hidden.length - shownAlerts} more`] : []),
    ].join('\n'),
    warnings: warningsOf(hidden, query.matchers),
  };
}

/** Firing alerts that the matchers hide, in order of fingerprint so that a plan made again is equal. */
export function hiddenBy(active: readonly Alert[], matchers: Silence['matchers']): readonly Alert[] {
  return active
    .filter(({ labels }) => silenceMatches(matchers, labels) === true)
    .toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
}

export function checkSilence(query: {
  readonly matchers: Silence['matchers'];
  readonly minutes: number;
}): void {
  if (!Number.isInteger(query.minutes) || query.minutes < 1 || query.minutes > longestMinutes) {
    throw new ToolError('invalid_input', `A silence lasts 1 to ${longestMinutes} whole minutes.`);
  }
  for (const { isRegex, value } of query.matchers) {
    if (isRegex && !isSupportedPattern(value)) {
      throw new ToolError('invalid_input', 'This regular expression is not supported in a silence.', {
        hint: 'Use literal text, alternatives with |, .* and .+, for example payments-.*|orders.',
      });
    }
  }
  // Alertmanager's rule: otherwise a silence would hide everything that lacks a label.
  if (query.matchers.length === 0 || silenceMatches(query.matchers, {}) !== false) {
    throw new ToolError('invalid_input', 'At least one matcher must demand a value.', {
      hint: 'Name an alert or a service, for example alertname=HighErrorRate.',
    });
  }
}

function warningsOf(hidden: readonly Alert[], matchers: Silence['matchers']): readonly string[] {
  const warnings: string[] = [];
  const services = new Set(hidden.map(({ service }) => service ?? 'unknown service'));
  const critical = hidden.filter(({ severity }) => severity === 'critical').length;
  if (hidden.length === 0) warnings.push('Hides nothing that fires now.');
  if (services.size > 1) warnings.push(`Hides alerts of ${services.size} services.`);
  if (critical > 0) warnings.push(`Hides ${critical} critical ${critical === 1 ? 'alert' : 'alerts'}.`);
  if (!matchers.some(({ name, isRegex, isEqual }) => name === 'alertname' && isEqual && !isRegex))
    warnings.push('Also hides alerts of other names that start to fire meanwhile.');
  return warnings;
}

export function describeAlert(alert: Alert): string {
  return `${alert.name}${alert.service ? ` on ${alert.service}` : ''}${alert.instance ? ` (${alert.instance})` : ''} [${alert.severity}]`;
}

/** Whether the alerts that a plan was shown to hide are still those that it would hide. */
export function hidesAsPlanned(change: SilenceChange, hides: readonly Alert[]): boolean {
  return (
    change.hides.length === hides.length &&
    hides.every(({ fingerprint }) => change.hides.includes(fingerprint))
  );
}

export function stalePlan(message: string): ToolError {
  return new ToolError('conflict', message, { hint: 'Look at the active alerts and propose again.' });
}

function count(alerts: number): string {
  return alerts === 1 ? '1 alert' : `${alerts} alerts`;
}
