import type { PolicyFacts } from '../../src/model.js';
import { loadPolicy } from '../../src/policy/index.js';

/** A policy from text, for a suite of two servers of which the definitions are at hand. */
export function policyFrom(text: string) {
  return loadPolicy({
    path: 'policy.yaml',
    text,
    knownServers: ['metrics', 'logs', 'deployments', 'alerts', 'rollback'],
    knownTools: {
      metrics: ['get_service_metrics'],
      logs: ['search_logs'],
      deployments: ['scale_service'],
      alerts: ['silence_alert'],
      rollback: ['roll_back_service'],
    },
  });
}

export function facts(more: Partial<PolicyFacts> = {}): PolicyFacts {
  return {
    server: 'metrics',
    tool: 'get_service_metrics',
    actionTier: 1,
    environment: 'production',
    environmentClass: 'production',
    services: ['payments-api'],
    owners: ['group:default/team-payments'],
    transport: 'stdio',
    ...more,
  };
}
