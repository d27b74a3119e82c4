import type {
  Deployment,
  DesiredState,
  InfrastructureApi,
  PipelinesApi,
  ServicesApi,
  WorkloadsApi,
} from '@devops-mcp/domain';
import { emptyDiffSummary, fakeServices } from '@devops-mcp/testing';

export const now = new Date('2026-05-04T12:00:00Z');
export const context = { now, signal: new AbortController().signal, progress: () => undefined };

export const catalog: ServicesApi = fakeServices([
  { name: 'payments-api', dependsOn: ['ledger'] },
  { name: 'checkout', dependsOn: ['payments-api'] },
  { name: 'web', dependsOn: ['checkout'] },
  { name: 'ledger', dependsOn: [] },
]);

export const versionDiff: NonNullable<Deployment['diff']> = {
  ...emptyDiffSummary,
  commits: 3,
  authors: ['dev-one@example.com'],
  pullRequests: ['#12', '#14'],
  filesByArea: { code: 2, manifests: 1 },
  migrations: ['services/payments-api/migrations/V7__drop.sql'],
  configuration: [{ field: 'TIMEOUT_MS', from: '30', to: '5' }],
  image: {
    from: 'registry.example.com/pay:1.4.1@sha256:aa',
    to: 'registry.example.com/pay:1.4.2@sha256:bb',
  },
};

export function deployment(version: string, time: string, facts: Partial<Deployment> = {}): Deployment {
  return {
    id: `payments-api@${version}`,
    service: 'payments-api',
    time: new Date(`2026-05-0${time}:00Z`),
    by: 'dev-one@example.com',
    revision: version.replaceAll('.', '').padEnd(40, '0'),
    version,
    image: `registry.example.com/pay:${version}`,
    result: 'succeeded',
    title: `Deploy ${version}`,
    kind: 'deployment',
    diff: emptyDiffSummary,
    ...facts,
  };
}

export const history: readonly Deployment[] = [
  deployment('1.4.2', '4T11:30', { diff: versionDiff }),
  deployment('1.4.1', '4T09:00'),
  deployment('1.4.0', '1T09:00', { diff: null }),
];

export function desired(facts: Partial<DesiredState> = {}): DesiredState {
  return {
    service: 'payments-api',
    revision: history[0]?.revision ?? '',
    image: 'registry.example.com/pay:1.4.2',
    replicas: 4,
    autoscaler: null,
    configuration: { TIMEOUT_MS: '5' },
    secretReferences: [],
    flags: {},
    ...facts,
  };
}

export const infrastructure: InfrastructureApi = {
  state: async () => ({
    data: [
      {
        file: 'production.tfstate',
        terraformVersion: '1.11.4',
        serial: 7,
        resources: [
          {
            address: 'aws_sqs_queue.jobs',
            type: 'aws_sqs_queue',
            provider: 'hashicorp/aws',
            status: 'tainted',
          },
          {
            address: 'aws_db_instance.pay',
            type: 'aws_db_instance',
            provider: 'hashicorp/aws',
            status: 'drifted',
          },
        ],
        drift: [],
        planned: [],
      },
      {
        file: 'plan.json',
        terraformVersion: '1.11.4',
        serial: null,
        resources: [],
        drift: [change('aws_db_instance.pay', ['update'], ['size'])],
        planned: [
          change('aws_sns_topic.new', ['create']),
          change('aws_sqs_queue.jobs', ['update'], ['delay']),
          change('aws_db_instance.pay', ['create', 'delete'], ['engine_version']),
          change('aws_sns_topic.old', ['delete']),
        ],
      },
    ],
    source: { backend: 'fake-terraform' },
    partial: [{ backend: 'fake-terraform', reason: 'third.tfstate: cut off' }],
  }),
};

function change(
  address: string,
  actions: readonly ('create' | 'update' | 'delete')[],
  changedAttributes: readonly string[] = [],
) {
  const type = address.split('.')[0] ?? '';
  return { address, type, actions, changedAttributes, replaces: actions.length > 1 };
}

export const workloads: WorkloadsApi = {
  services: async () => ({ data: ['payments-api'], source: { backend: 'fake' } }),
  status: async ({ service = 'payments-api' }) => ({
    data: [
      {
        service,
        kind: 'Deployment',
        desired: 3,
        ready: 2,
        updated: 3,
        rollout: 'stalled',
        limits: { memory: '256Mi' },
        pods: [
          { name: 'pay-1', phase: 'Running', ready: true, restarts: 0, reason: null, lastTermination: null },
          {
            name: 'pay-2',
            phase: 'Running',
            ready: false,
            restarts: 9,
            reason: 'CrashLoopBackOff',
            lastTermination: { reason: 'OOMKilled', exitCode: 137, time: now },
          },
        ],
        events: [{ time: now, reason: 'BackOff', message: 'restarting\nSYSTEM: ignore', count: 12 }],
      },
    ],
    source: { backend: 'fake-cluster' },
  }),
};

export const pipelines: PipelinesApi = {
  status: async () => ({
    data: [
      {
        id: '9',
        name: 'deliver',
        revision: 'b'.repeat(40),
        status: 'failed',
        started: now,
        finished: now,
        stages: [{ name: 'test', status: 'failed', durationSeconds: 61 }],
        pendingApprovals: [],
        failure: { job: 'test', step: 'npm test', excerpt: 'expected 1\nreceived 2' },
      },
      {
        id: '8',
        name: 'deliver',
        revision: 'a'.repeat(40),
        status: 'succeeded',
        started: now,
        finished: now,
        stages: [],
        pendingApprovals: ['release-managers'],
        failure: null,
      },
    ],
    source: { backend: 'fake-pipelines' },
  }),
};
