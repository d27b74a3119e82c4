import type { Severity } from '@devops-mcp/contract';

const order: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** 0 is the worst. */
export function severityRank(severity: Severity): number {
  return order.indexOf(severity);
}
