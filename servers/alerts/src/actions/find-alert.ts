import { type CallContext, ToolError } from '@devops-mcp/contract';
import type { Alert, AlertsApi } from '@devops-mcp/domain';

/** The firing alert of this fingerprint, or the only one of this name. */
export async function findAlert(alerts: AlertsApi, asked: string, context: CallContext): Promise<Alert> {
  const { data } = await alerts.active({}, context);
  const exact = data.find(({ fingerprint }) => fingerprint === asked);
  if (exact) return exact;
  const named = data.filter(({ name }) => name === asked);
  if (named.length === 1 && named[0]) return named[0];
  if (named.length > 1) {
    throw new ToolError('invalid_input', `${named.length} firing alerts have this name.`, {
      hint: `Give a fingerprint: ${named
        .slice(0, 5)
        .map(
          ({ fingerprint, service, instance }) => `${fingerprint} (${service ?? instance ?? 'no service'})`,
        )
        .join(', ')}.`,
    });
  }
  throw new ToolError('not_found', 'No firing alert has this fingerprint or name.', {
    hint: `Firing now: ${
      data
        .slice(0, 5)
        .map(({ fingerprint, name }) => `${name} (${fingerprint})`)
        .join(', ') || 'none'
    }.`,
  });
}
