import type { BenchSandbox } from './bench-sandbox.js';
import type { ServerName } from './servers.js';

/** Structured answers of the calls before, by tool. */
export type Seen = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

export interface TypicalCall {
  readonly server: ServerName;
  readonly tool: string;
  /** What a person who looks into the sandbox's incident would ask. */
  input(sandbox: BenchSandbox, seen: Seen): object;
}

const environment = 'production';
const reason = 'Payments fail since the last deployment';

/** In an order in which every call finds what it needs in the answers before it. */
export const typicalCalls: readonly TypicalCall[] = [
  { server: 'alerts', tool: 'get_active_alerts', input: () => ({ environment }) },
  { server: 'alerts', tool: 'get_alert_history', input: ({ service }) => ({ environment, service }) },
  { server: 'alerts', tool: 'get_on_call_schedule', input: ({ service }) => ({ service }) },
  { server: 'alerts', tool: 'find_runbooks', input: ({ service }) => ({ service }) },
  {
    server: 'alerts',
    tool: 'find_similar_incidents',
    input: ({ service }) => ({ service, kind: 'bad_deployment' }),
  },
  {
    server: 'alerts',
    tool: 'build_incident_timeline',
    input: ({ service }) => ({ environment, service, period: 'last_6h' }),
  },
  {
    server: 'alerts',
    tool: 'propose_acknowledge_alert',
    input: ({ changeRequest: changeRef }, seen) => ({
      ...{ environment, note: 'Looking at it', reason, changeRef },
      alert: found(seen, 'get_active_alerts', 'fingerprint'),
    }),
  },
  {
    server: 'alerts',
    tool: 'propose_silence_alert',
    input: ({ service, changeRequest: changeRef }) => ({
      ...{ environment, minutes: 60, comment: 'The rollback is under way', reason, changeRef },
      matchers: [`service=${service}`],
    }),
  },
  {
    server: 'alerts',
    tool: 'propose_create_incident',
    input: ({ service }) => ({
      ...{ environment, title: 'Payments fail', severity: 'high', services: [service], reason },
      summary: 'Half of the payments fail since the last deployment.',
    }),
  },
  ...proposalCalls('alerts', 'propose_acknowledge_alert'),
  { server: 'metrics', tool: 'find_anomalies', input: () => ({ environment }) },
  { server: 'metrics', tool: 'get_service_metrics', input: ({ service }) => ({ environment, service }) },
  { server: 'metrics', tool: 'list_service_metrics', input: ({ service }) => ({ environment, service }) },
  { server: 'metrics', tool: 'get_service_dependencies', input: ({ service }) => ({ environment, service }) },
  { server: 'logs', tool: 'get_error_summary', input: () => ({ environment }) },
  {
    server: 'logs',
    tool: 'search_logs',
    input: ({ service }) => ({ environment, service, severity: 'error' }),
  },
  {
    server: 'logs',
    tool: 'search_traces',
    input: ({ service }) => ({ environment, service, onlyErrors: true }),
  },
  {
    server: 'logs',
    tool: 'get_trace',
    input: (_, seen) => ({ environment, traceId: found(seen, 'search_traces', 'traceId') }),
  },
  { server: 'logs', tool: 'compare_traces', input: () => ({ environment }) },
  { server: 'deployments', tool: 'get_deployment_history', input: () => ({ environment }) },
  { server: 'deployments', tool: 'get_deployment_diff', input: ({ service }) => ({ environment, service }) },
  { server: 'deployments', tool: 'get_infrastructure_state', input: () => ({ environment }) },
  { server: 'deployments', tool: 'get_pipeline_status', input: ({ service }) => ({ environment, service }) },
  { server: 'deployments', tool: 'get_workload_status', input: ({ service }) => ({ environment, service }) },
  {
    server: 'deployments',
    tool: 'propose_scale_service',
    input: ({ service, changeRequest: changeRef }) => ({
      environment,
      service,
      replicas: 4,
      reason,
      changeRef,
    }),
  },
  {
    server: 'deployments',
    tool: 'propose_restart_service',
    input: ({ service, changeRequest: changeRef }) => ({ environment, service, reason, changeRef }),
  },
  {
    server: 'deployments',
    tool: 'propose_restart_pod',
    // The sandbox deploys from a repository, which has no pods: the answer is what says so.
    input: ({ service, changeRequest: changeRef }) => ({
      ...{ environment, service, reason, changeRef },
      pod: 'payments-api-7d9f8c-x2x4v',
    }),
  },
  {
    server: 'deployments',
    tool: 'propose_open_config_change',
    input: ({ service, changeRequest: changeRef }) => ({
      ...{ environment, service, reason, changeRef },
      set: ['PAYMENT_TIMEOUT_MS=3000'],
      title: 'Shorter timeout for payments',
    }),
  },
  ...proposalCalls('deployments', 'propose_open_config_change'),
  { server: 'rollback', tool: 'plan_rollback', input: ({ service }) => ({ environment, service }) },
  {
    server: 'rollback',
    tool: 'propose_roll_back_service',
    input: ({ changeRequest: changeRef }, seen) => ({
      ...{ planId: found(seen, 'plan_rollback', 'planId'), reason, changeRef },
    }),
  },
  ...proposalCalls('rollback', 'propose_roll_back_service'),
];

/** A client that cannot be asked anything: execution answers who has to move next. */
function proposalCalls(server: ServerName, proposedBy: string): readonly TypicalCall[] {
  const proposal = (_: BenchSandbox, seen: Seen) => ({
    proposalId: found(seen, proposedBy, 'id', 'proposalId'),
  });
  return [
    { server, tool: 'execute_proposal', input: proposal },
    { server, tool: 'get_proposal', input: proposal },
    { server, tool: 'list_proposals', input: () => ({}) },
    { server, tool: 'cancel_proposal', input: proposal },
  ];
}

/** The first text under one of the keys, anywhere in an answer; empty when that call gave none. */
function found(seen: Seen, tool: string, ...keys: readonly string[]): string {
  const pending: unknown[] = [seen.get(tool)];
  for (const value of pending) {
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, each] of Object.entries(value)) {
      if (keys.includes(key) && typeof each === 'string') return each;
      pending.push(each);
    }
  }
  return '';
}
