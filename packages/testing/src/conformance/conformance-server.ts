import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineServer, ToolError } from '@devops-mcp/contract';
import { parseConfiguration } from '@devops-mcp/runtime';
import {
  createRequestStates,
  createServerFactory,
  type Incoming,
  identifierFor,
  type McpParts,
  openGovernance,
  type Refusal,
  type RefusedKind,
  roadRequests,
  serveHttp,
  systemRandom,
} from '@devops-mcp/runtime/protocol';
import type { Request, Result } from '@modelcontextprotocol/server';
import { contentTools } from './content-tools.js';
import { type FixtureContext, promptPart, resourcePart, toolPart } from './fixture.js';
import { questionTools } from './question-tools.js';
import { fixturePrompts, fixtureResources } from './resources-and-prompts.js';

export interface ConformanceServer {
  readonly url: string;
  close(): Promise<void>;
}

const definition = defineServer({
  name: 'conformance',
  title: 'Protocol fixtures',
  instructions: 'Answers as the conformance suite expects.',
  purpose: 'Shows that this runtime and this road speak the protocol.',
  owner: 'group:default/team-platform',
  onCall: 'group:default/team-platform',
  trustTier: 0,
  dataSensitivity: 'public',
  downstreamImpact: 'None: it reaches no system.',
  recoveryChecklist: ['Stop it.'],
  retirementConditions: ['The conformance suite brings its own fixtures.'],
  reReviewTriggers: ['A new version of the conformance suite'],
  changelog: [{ version: '0.1.0', changes: ['The fixtures of both protocol eras'] }],
  ...{ requires: [], tools: [], actions: [], resources: [], prompts: [] },
});

/** The default policy names the suite's own servers and therefore denies this one. */
const policy = `policies:
  - name: fixtures
    match: { server: [conformance], actionTier: [1] }
    effect: allow
    requirements: [log_to_siem]
`;

/** Starts the fixture server on a free loopback port, with state and audit in a folder of its own. */
export async function startConformanceServer(): Promise<ConformanceServer> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  await writeFile(join(folder, 'policy.yaml'), policy);
  const configuration = parseConfiguration(
    'version: 1\nstate: { path: ./state }\naudit: { path: ./audit }\npolicy: ./policy.yaml\n',
    join(folder, 'devops-mcp.yaml'),
  );
  const governance = await openGovernance(
    {
      ...{ definition, configuration, backends: {}, manifest: { version: '0.1.0' } },
      ...{ clock: () => new Date(), random: systemRandom, variables: {}, warn: () => {} },
    },
    { readOnly: true, why: 'fixtures change nothing' },
  );
  const identify = identifierFor(configuration, 'streamable-http');
  const requestStates = createRequestStates(configuration.stateDir, () => 'conformance');
  const context = { road: governance.road, requestOf: roadRequests(identify, systemRandom) };
  const listening = await serveHttp(createServerFactory(partsOf(context, requestStates)), {
    ...{ host: '127.0.0.1', port: 0, onError: () => {} },
  });
  return {
    url: listening.url,
    close: async () => {
      await listening.close();
      await governance.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function partsOf(context: FixtureContext, requestStates: McpParts['requestStates']): McpParts {
  return {
    info: { name: 'devops-mcp-conformance', title: definition.title, version: '0.1.0' },
    instructions: definition.instructions,
    tools: [...contentTools, ...questionTools(requestStates)].map((tool) => toolPart(tool, context)),
    resources: fixtureResources.map((resource) => resourcePart(resource, context)),
    prompts: fixturePrompts.map((prompt) => promptPart(prompt, context)),
    refuse: (incoming, kind, name) => refuse(incoming, kind, name, context),
    requestStates,
    fixtures: {
      capabilities: { logging: {}, resources: { subscribe: true } },
      methods: { 'resources/subscribe': accept(context), 'resources/unsubscribe': accept(context) },
    },
  };
}

async function refuse(
  incoming: Incoming,
  kind: RefusedKind,
  name: string,
  context: FixtureContext,
): Promise<Refusal> {
  const road = await context.road();
  const answer = await road.callRaw(
    {
      kind: 'raw',
      name: name.slice(0, 64),
      eventType: 'mcp.tool_invocation',
      limits: { timeoutMs: 1_000, outputBytes: 1_000 },
      run: () => Promise.reject(new ToolError('denied', 'There is no such fixture.')),
    },
    context.requestOf(incoming),
  );
  if (answer.kind !== 'error') throw new Error('an unknown fixture gave an answer');
  return { known: false, error: answer.error, text: `There is no ${kind} "${name.slice(0, 64)}".` };
}

/** Subscriptions of the older protocol are accepted; nothing here ever changes. */
function accept(context: FixtureContext) {
  return async (_request: Request, incoming: Incoming): Promise<Result> => {
    const road = await context.road();
    await road.callRaw(
      {
        kind: 'raw',
        name: 'subscription',
        eventType: 'mcp.resource_read',
        limits: { timeoutMs: 1_000, outputBytes: 1_000 },
        run: async () => ({}),
      },
      context.requestOf(incoming),
    );
    return {};
  };
}
