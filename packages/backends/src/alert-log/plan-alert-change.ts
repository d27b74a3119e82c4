import { ToolError } from '@devops-mcp/contract';
import type { Alert, AlertChangePlan } from '@devops-mcp/domain';
import { z } from 'zod';
import { describeAlert, silenceChange } from '../alert-model/plan-silence.js';

/** A change as `apply` receives it; parsed again there, since it has travelled. */
export const alertChange = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('acknowledge'),
    fingerprint: z.string(),
    /** Which firing: an acknowledgement does not outlive it. */
    alertStartsAt: z.string(),
    note: z.string(),
  }),
  silenceChange,
]);

export function planAcknowledgement(
  active: readonly Alert[],
  query: { readonly fingerprint: string; readonly note: string },
): AlertChangePlan & { readonly alert: Alert } {
  const alert = active.find(({ fingerprint }) => fingerprint === query.fingerprint);
  if (!alert) {
    throw new ToolError('not_found', 'No firing alert has this fingerprint.', {
      hint: `Firing now: ${
        active
          .slice(0, 5)
          .map((one) => `${one.fingerprint} (${one.name})`)
          .join(', ') || 'none'
      }.`,
    });
  }
  const since = alert.since.toISOString();
  const subject = describeAlert(alert);
  return {
    alert,
    change: { kind: 'acknowledge', fingerprint: alert.fingerprint, alertStartsAt: since, note: query.note },
    observed: { fingerprint: alert.fingerprint, since, acknowledgedBy: alert.acknowledgedBy },
    summary: `Acknowledge ${subject}`,
    diff: [
      `  alert ${subject}, firing since ${since}`,
      `- acknowledged by: ${alert.acknowledgedBy ?? 'nobody'}`,
      '+ acknowledged by: the requester',
      `+ note: ${query.note}`,
    ].join('\n'),
    warnings: alert.acknowledgedBy ? [`Already acknowledged by ${alert.acknowledgedBy}.`] : [],
  };
}
