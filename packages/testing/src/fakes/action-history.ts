import type { ActionHistoryApi, AuditedAction } from '@devops-mcp/domain';

/** Audited actions in memory. */
export function fakeActionHistory(actions: readonly AuditedAction[]): ActionHistoryApi {
  return {
    actions: async ({ window, service, environment }) =>
      actions.filter(
        (action) =>
          action.time >= window.start &&
          action.time < window.end &&
          (service === undefined || action.services.includes(service)) &&
          (environment === undefined || action.environment === environment),
      ),
  };
}
