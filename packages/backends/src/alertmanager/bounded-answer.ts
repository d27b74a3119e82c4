import type { BackendContext, PartialFailure, Truncation } from '@devops-mcp/contract';
import type { Answer } from '@devops-mcp/domain';
import type { AlertmanagerConfig } from './alertmanager-config.js';

const mostAlerts = 1000;
const mostTransitions = 5000;

/** At most so many rows, and what was cut said. Of a history the newest are kept: it is read from its end. */
export function bounded<T>(
  found: readonly T[],
  keep: 'first' | 'last',
  rest: Omit<Answer<unknown>, 'data' | 'truncation'>,
  most: number = keep === 'first' ? mostAlerts : mostTransitions,
): Answer<readonly T[]> {
  const data = keep === 'first' ? found.slice(0, most) : found.slice(-most);
  const howToGetMore = 'Name a service or an alert, or take a shorter period.';
  const truncation: Truncation = { returned: data.length, total: found.length, more: true, howToGetMore };
  return {
    data,
    source: rest.source,
    ...(data.length < found.length ? { truncation } : {}),
    ...(rest.partial?.length ? { partial: rest.partial } : {}),
    ...(rest.hints?.length ? { hints: rest.hints } : {}),
  };
}

/** What an answer lacks where the configuration names no history, and the setting that adds it. */
export function withoutHistory(
  { environment }: BackendContext<AlertmanagerConfig>,
  missing: string,
): PartialFailure {
  const setting = `history of use: alertmanager in environments.${environment.name}.ports.alerts`;
  return {
    backend: 'alertmanager',
    reason: `Alertmanager does not know ${missing}: set ${setting} to the Prometheus that evaluates the rules.`,
  };
}
