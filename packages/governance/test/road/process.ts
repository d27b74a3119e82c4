import type { JsonObject, OwnerLimits, PortSet } from '@devops-mcp/contract';
import { portOf, ToolError } from '@devops-mcp/contract';
import type { ApproverDirectory } from '../../src/approvals/approver-directory.js';
import { approverDirectory } from '../../src/approvals/approver-directory.js';
import type { AuditEvent, AuditLog, ChangeRequestEvidence, Redactor } from '../../src/collaborators.js';
import type {
  Caller,
  Decision,
  PolicyFacts,
  RoadAnswer,
  RoadRequest,
  SwitchRecord,
} from '../../src/model.js';
import { createRoad } from '../../src/pipeline.js';
import type { Road, RoadDependencies } from '../../src/road/dependencies.js';
import type { Store } from '../../src/store/store.js';
import { clusterOf, type LiveSystem, liveSystem, testServer } from './company.js';
import { memoryStore } from './memory-store.js';

/** Everything about a process that a test may turn. */
export interface TestProcess {
  readonly deps: RoadDependencies;
  readonly road: Road;
  readonly store: Store;
  readonly live: LiveSystem;
  readonly events: AuditEvent[];
  now: Date;
  storesOpened: number;
  auditFails: boolean;
  policy: { digest: string; decide(facts: PolicyFacts): Omit<Decision, 'policyDigest'> };
  switches: SwitchRecord[];
  owners: Record<string, string>;
  members: Record<string, readonly string[]>;
  limits: OwnerLimits;
  dependents: readonly string[];
  changes: Record<string, ChangeRequestEvidence>;
  directory: ApproverDirectory;
  documents: Record<string, JsonObject>;
  limited: boolean;
  principals: string[];
}

const open = (effect: Decision['effect'], requirements: Decision['requirements'] = ['log_to_siem']) => ({
  effect,
  requirements,
  exceptions: [],
  rules: [effect],
});

/** The shape of the seed's policy: what each tier asks for in production, and less elsewhere. */
export function seedDecision({ actionTier, environmentClass }: PolicyFacts): Omit<Decision, 'policyDigest'> {
  if (actionTier === 1) return open('allow');
  if (actionTier === 2) {
    const link = environmentClass === 'production' ? (['change_ticket_or_issue_link'] as const) : [];
    return open('allow_with_conditions', ['log_to_siem', 'owner_scope_check', ...link]);
  }
  if (actionTier === 4) return open('deny_by_default', []);
  return environmentClass === 'production'
    ? open('require_human_approval', [
        'approved_change_request',
        'executor_is_ci_or_control_plane',
        'plan_or_dry_run_artifact',
        'rollback_path_documented',
        'log_to_siem',
      ])
    : open('require_human_approval', ['plan_or_dry_run_artifact', 'log_to_siem']);
}

export const oncall: Caller = {
  subject: 'user:default/oncall',
  issuer: 'local',
  assurance: 'asserted',
  client: { name: 'editor', version: '1' },
  model: null,
  delegation: [],
  transport: 'stdio',
  sessionId: 'session-1',
};

export function testProcess(change: Partial<RoadDependencies> = {}): TestProcess {
  const live = liveSystem();
  const store = memoryStore();
  const events: AuditEvent[] = [];
  let drawn = 0;
  const world: Omit<TestProcess, 'deps' | 'road'> = {
    store,
    live,
    events,
    now: new Date('2025-06-01T12:00:00.000Z'),
    storesOpened: 0,
    auditFails: false,
    policy: { digest: 'a'.repeat(64), decide: seedDecision },
    switches: [],
    owners: { 'payments-api': 'group:default/team-payments' },
    members: { 'group:default/team-payments': ['user:default/oncall'] },
    limits: {
      replicas: { max: 12 },
      replicasAdded: { max: 4, step: 2, window: { sum: 4, perMinutes: 60 } },
      services: { max: 1 },
    },
    dependents: [],
    changes: {
      'CHG-7': {
        id: 'CHG-7',
        status: 'approved',
        requester: 'user:default/oncall',
        approvedBy: 'change-board@example.com',
        services: ['payments-api'],
        environments: ['production'],
        window: null,
      },
    },
    directory: approverDirectory([], new Map()),
    documents: {},
    limited: false,
    principals: [],
  };
  const deps: RoadDependencies = {
    server: testServer,
    facts: {
      name: 'cluster',
      version: '0.1.0',
      host: 'host',
      owner: 'group:default/team-platform',
      killSwitchOwner: 'group:default/team-oncall',
    },
    environments: {
      get: (name) => {
        if (name === 'production' || name === 'staging') return { name, class: name };
        return name === 'none' ? { name, class: 'development' } : undefined;
      },
      names: () => ['production', 'staging'],
    },
    ownership: {
      ownerOf: (service) => world.owners[service],
      limitsOf: (_, environment) =>
        environment === 'production' || environment === 'staging' ? world.limits : undefined,
      dependentsOf: () => world.dependents,
      isMember: (person, owner) => world.members[owner]?.includes(person) ?? false,
      knows: (service) => service in world.owners,
      closest: () => [],
    },
    connector: {
      read: async (ports, environment) => connect(ports, environment),
      write: async (ports, environment) => connect(ports, environment),
      principal: (_, environment, side) => {
        world.principals.push(`${environment}:${side}`);
        return { principal: `cluster:${environment}:${side}`, authType: 'none' };
      },
    },
    store: async () => {
      world.storesOpened += 1;
      return store;
    },
    audit: auditOf(world, events),
    policy: {
      get digest() {
        return world.policy.digest;
      },
      decide: (facts) => ({ ...world.policy.decide(facts), policyDigest: world.policy.digest }),
    },
    switchboard: {
      blocking: async ({ tool, tier }) =>
        world.switches.find(
          ({ scope, blocks }) =>
            (scope === '*' || scope === `tool:cluster/${tool}`) && (blocks === 'all' || tier > 1),
        ),
    },
    redactor: hideHunter2,
    rateLimiter: {
      admit: async () => {
        if (world.limited) throw new ToolError('rate_limited', 'Too many calls.', { retryAfterSeconds: 7 });
      },
    },
    changes: { find: async (id) => world.changes[id] },
    approvers: { load: async () => world.directory },
    executors: [{ id: 'gitops-executor', kind: 'control-plane' }],
    role: 'requester',
    readiness: { readOnly: false, why: null },
    clock: () => world.now,
    random: {
      hex: (bytes) => {
        drawn += 1;
        return drawn
          .toString(16)
          .padStart(6, '0')
          .padEnd(bytes * 2, '7');
      },
    },
    ...change,
  };
  // Boundary: a fake connects by the declared names, whatever their types.
  function connect(ports: PortSet, environment: string): never {
    const cluster = clusterOf(live);
    const documents = {
      get: async (id: string) => {
        const found = world.documents[id];
        if (found === undefined) throw new ToolError('not_found', 'no such plan');
        return found;
      },
    };
    const connected: Record<string, unknown> = {};
    for (const [key, declared] of Object.entries(ports)) {
      const { name } = portOf(declared);
      if (name === 'cluster' && environment === 'none')
        throw new ToolError('unavailable', 'no cluster there');
      connected[key] = name === 'cluster' ? cluster : documents;
    }
    return connected as never;
  }
  return Object.assign(world, { deps, road: createRoad(deps) });
}

function auditOf(world: { auditFails: boolean }, events: AuditEvent[]): AuditLog {
  const write = async (event: AuditEvent) => {
    if (world.auditFails) throw new ToolError('unavailable', 'The audit log cannot be written.');
    events.push(event);
  };
  return { durable: write, grouped: write, writable: () => !world.auditFails, close: async () => {} };
}

export const hideHunter2: Redactor = {
  json: (value) => JSON.parse(JSON.stringify(value).replaceAll('hunter2', '[redacted]')),
  text: (value) => value.replaceAll('hunter2', '[redacted]'),
};

export function request(args: unknown, change: Partial<RoadRequest> = {}): RoadRequest {
  return {
    caller: oncall,
    arguments: args,
    signal: new AbortController().signal,
    progress: () => {},
    trace: { traceId: 'f'.repeat(32), traceparent: null },
    confirmation: { available: true },
    ...change,
  };
}

/** The structured answer, or a failure that shows what came instead. */
export function answered(answer: RoadAnswer): JsonObject & { readonly text: string } {
  if (answer.kind !== 'answer') throw new Error(`expected an answer: ${JSON.stringify(answer)}`);
  return { ...answer.structured, text: answer.text };
}

export function failed(answer: RoadAnswer): Extract<RoadAnswer, { kind: 'error' }>['error'] {
  if (answer.kind !== 'error') throw new Error(`expected an error: ${JSON.stringify(answer)}`);
  return answer.error;
}
