import type { ActionOutcome, JsonObject, Port } from '@devops-mcp/contract';
import {
  defineAction,
  definePort,
  definePrompt,
  defineResource,
  defineServer,
  defineTool,
  partialFailure,
  ToolError,
} from '@devops-mcp/contract';
import { z } from 'zod';

/** The system that the tests' server works on: replicas and notes by environment and service. */
export interface LiveSystem {
  readonly replicas: Record<string, number>;
  readonly applied: { readonly change: JsonObject; readonly idempotencyKey: string }[];
  /** Thrown by the next write, before or after it takes effect. */
  failBefore: Error | undefined;
  failAfter: Error | undefined;
  /** What the read-back says. */
  verifies: boolean;
}

export interface ClusterRead {
  replicas(environment: string, service: string): Promise<number>;
}
export interface ClusterWrite {
  apply(change: JsonObject, idempotencyKey: string): Promise<ActionOutcome>;
}
interface Documents {
  get(id: string): Promise<JsonObject>;
}

export const clusterPort: Port<'cluster', ClusterRead, ClusterWrite> = definePort<
  ClusterRead,
  ClusterWrite
>()('cluster', 'Replicas');
export const planStorePort = definePort<Documents>()('planStore', 'Plans kept for the caller');

const limits = { timeoutMs: 200, outputBytes: 20_000 };
const service = z.string().min(1).max(63);
const environment = z.string().min(1).max(40);
const reversal = { kind: 'reversible', how: 'scale back to the number before' } as const;

export const getReplicas = defineTool({
  name: 'get_replicas',
  title: 'Replicas',
  description: 'How many replicas a service has.',
  riskTier: 1,
  ports: { cluster: clusterPort },
  input: z.strictObject({ environment, service }),
  output: z.object({
    service: z.string(),
    replicas: z.number(),
    note: z.string(),
    partial: z.array(partialFailure).optional(),
  }),
  limits: { timeoutMs: 100, outputBytes: 300 },
  target: (input) => ({ environment: input.environment, services: [input.service] }),
  run: async ({ input, ports, signal }) => {
    const { service: name } = input;
    if (name === 'slow') await new Promise((resolve) => signal.addEventListener('abort', resolve));
    if (name === 'hanging') await new Promise(() => {});
    if (name === 'broken') throw new Error('password=hunter2 at /srv/app');
    if (name === 'wrong') return { service: name, replicas: 'many' as never, note: '' };
    if (name === 'long') return { service: name, replicas: 1, note: 'x'.repeat(400) };
    if (name === 'halved') {
      const partial = [{ backend: 'east', reason: 'unavailable: it fell silent' }];
      return { service: name, replicas: 1, note: '', partial };
    }
    const extra = { internal: 'not in the schema' };
    const replicas = await ports.cluster.replicas(input.environment, name);
    return { service: name, replicas, note: 'token hunter2', ...extra };
  },
  render: ({ service: name, replicas, note }) => `${name}: ${replicas} (${note})`,
});

export const replicasResource = defineResource({
  name: 'replicas',
  title: 'Replicas',
  description: 'Replicas of a service',
  uriTemplate: 'replicas://{environment}/{service}',
  mimeType: 'application/json',
  riskTier: 1,
  ports: { cluster: clusterPort },
  params: z.strictObject({ environment, service }),
  limits,
  complete: {
    service: ({ value }) => ['payments-api', 'orders-api'].filter((name) => name.startsWith(value)),
  },
  target: (params) => ({ environment: params.environment, services: [params.service] }),
  read: async ({ params, ports }) => ({
    replicas: await ports.cluster.replicas(params.environment, params.service),
    note: 'token hunter2',
  }),
  list: async () => [{ uri: 'replicas://production/payments-api', name: 'payments-api' }],
});

export const scalePrompt = definePrompt({
  name: 'consider_scaling',
  title: 'Consider scaling',
  description: 'Whether to scale',
  ports: {},
  args: z.strictObject({ service }),
  limits,
  target: (args) => ({ environment: 'none', services: [args.service] }),
  messages: ({ args }) => [{ role: 'user', text: `Look at ${args.service}; the token is hunter2` }],
});

export const scaleService = defineAction({
  name: 'scale_service',
  title: 'Scale a service',
  description: 'Changes the number of replicas.',
  riskTier: 3,
  ports: { cluster: clusterPort },
  input: z.strictObject({ environment, service, replicas: z.number().int().min(0).max(1000) }),
  limits,
  environments: ['production', 'staging', 'development'],
  blastRadius: { replicas: 50, replicasAdded: 50, services: 1 },
  reversal,
  resolve: ({ input }) => ({ environment: input.environment, services: [input.service] }),
  classify: ({ input, environmentClass }) =>
    input.replicas === 0 && environmentClass === 'production' ? 4 : 3,
  plan: async ({ input, target, ports }) => {
    const now = await ports.cluster.replicas(target.environment, input.service);
    return {
      change: { environment: target.environment, service: input.service, replicas: input.replicas },
      observed: { replicas: now },
      blastRadius: { replicas: input.replicas, replicasAdded: Math.abs(input.replicas - now), services: 1 },
      reversal,
      summary: `${input.service}: ${now} to ${input.replicas} replicas`,
      diff: `-replicas: ${now}\n+replicas: ${input.replicas}\n`,
    };
  },
  apply: ({ plan, ports, idempotencyKey }) => ports.cluster.apply(plan.change, idempotencyKey),
});

export const noteService = defineAction({
  name: 'note_service',
  title: 'Note something at a service',
  description: 'Leaves a note.',
  riskTier: 2,
  ports: { cluster: clusterPort },
  input: z.strictObject({
    environment,
    service,
    text: z.string().max(200),
    minutes: z.number().min(0).max(600).default(0),
  }),
  limits,
  environments: ['production', 'staging'],
  blastRadius: { alertsSilenced: 5 },
  reversal,
  resolve: ({ input }) => ({ environment: input.environment, services: [input.service] }),
  classify: ({ input, environmentClass }) =>
    input.minutes > 30 && environmentClass === 'production' ? 3 : 2,
  plan: async ({ input }) => ({
    change: { service: input.service, text: input.text },
    observed: {},
    blastRadius: {},
    reversal,
    summary: `note at ${input.service}`,
    diff: `+${input.text}`,
  }),
  apply: ({ plan, ports, idempotencyKey }) => ports.cluster.apply(plan.change, idempotencyKey),
});

/** Takes the id of a stored document and nothing else, as a rollback does. */
export const applyDocument = defineAction({
  name: 'apply_document',
  title: 'Apply a stored plan',
  description: 'Applies a plan made earlier.',
  riskTier: 3,
  ports: { cluster: clusterPort, plans: planStorePort },
  input: z.strictObject({ planId: z.string().max(64) }),
  limits,
  environments: ['production', 'staging'],
  blastRadius: { services: 1 },
  reversal,
  resolve: async ({ input, ports }) => {
    const document = await ports.plans.get(input.planId);
    return { environment: String(document.environment), services: [String(document.service)] };
  },
  plan: async ({ input, ports, target }) => {
    const document = await ports.plans.get(input.planId);
    const service = target.services[0] ?? '';
    return {
      change: document,
      observed: { replicas: await ports.cluster.replicas(target.environment, service) },
      blastRadius: { services: 1 },
      reversal,
      summary: `apply plan to ${service}`,
      diff: JSON.stringify(document),
    };
  },
  apply: ({ plan, ports, idempotencyKey }) => ports.cluster.apply(plan.change, idempotencyKey),
});

export const testServer = defineServer({
  name: 'cluster',
  title: 'Cluster',
  instructions: 'Replicas.',
  purpose: 'tests',
  owner: 'group:default/team-platform',
  onCall: 'oncall@example.com',
  trustTier: 2,
  dataSensitivity: 'internal',
  downstreamImpact: 'none',
  recoveryChecklist: [],
  retirementConditions: [],
  reReviewTriggers: [],
  changelog: [],
  requires: [clusterPort],
  tools: [getReplicas],
  actions: [scaleService, noteService, applyDocument],
  resources: [replicasResource],
  prompts: [scalePrompt],
});

export function liveSystem(): LiveSystem {
  return {
    replicas: { 'production/payments-api': 3, 'staging/payments-api': 3, 'production/orders-api': 2 },
    applied: [],
    failBefore: undefined,
    failAfter: undefined,
    verifies: true,
  };
}

export function clusterOf(live: LiveSystem): ClusterRead & ClusterWrite {
  return {
    replicas: async (where, name) => {
      const found = live.replicas[`${where}/${name}`];
      if (found === undefined)
        throw new ToolError('not_found', `no service ${name}`, { hint: 'Did you mean payments-api?' });
      return found;
    },
    apply: async (change, idempotencyKey) => {
      if (live.failBefore !== undefined) throw live.failBefore;
      live.applied.push({ change, idempotencyKey });
      if (typeof change.replicas === 'number')
        live.replicas[`${change.environment}/${change.service}`] = change.replicas;
      if (live.failAfter !== undefined) throw live.failAfter;
      return { summary: 'done', artifactRef: 'commit-1', observed: change, verified: live.verifies };
    },
  };
}
