import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { field, git } from './world/change.js';
import { type Answer, type ClientOptions, type Question, withClient } from './world/client.js';
import { devopsMcp, mustRun, type ServerName } from './world/programs.js';
import { copyOfSandbox, type Sandbox } from './world/sandbox.js';
import { openWire } from './world/wire.js';

interface Case {
  readonly server: ServerName;
  readonly tool: string;
  input(sandbox: Sandbox): Record<string, unknown>;
  /** What the systems behind show of it. */
  effects(sandbox: Sandbox): Promise<string>;
}

const files = async (folder: string) => {
  const names = await readdir(folder).catch(() => []);
  const texts = names.sort().map(async (name) => `${name}: ${await readFile(`${folder}/${name}`, 'utf8')}`);
  return (await Promise.all(texts)).join('\n');
};

const actions: Readonly<Record<string, Case>> = {
  acknowledge_alert: {
    server: 'alerts',
    tool: 'propose_acknowledge_alert',
    input: ({ truth }) => ({
      environment: 'production',
      alert: 'HighErrorRate',
      note: `${truth.service} is looked at`,
      changeRef: 'alert:HighErrorRate',
    }),
    effects: (sandbox) => files(sandbox.at('alerts')),
  },
  create_incident: {
    server: 'alerts',
    tool: 'propose_create_incident',
    input: ({ truth }) => ({
      environment: 'production',
      title: 'Errors after a deployment',
      severity: 'high',
      services: [truth.service],
      summary: 'Every third order fails.',
    }),
    effects: (sandbox) => files(sandbox.at('knowledge', 'incidents')),
  },
  open_config_change: {
    server: 'deployments',
    tool: 'propose_open_config_change',
    input: ({ truth }) => ({
      environment: 'production',
      service: truth.service,
      set: ['CART_TTL_HOURS=24'],
      title: 'Shorter carts',
      changeRef: 'CHG-12',
    }),
    effects: async (sandbox) => git(sandbox, 'production-branches', 'branch', '--list'),
  },
};

let sandbox: Sandbox;
/** Several alerts of one name may fire; one of them is meant. */
let fingerprint: string;
beforeAll(async () => {
  sandbox = await copyOfSandbox();
  const reply = await withClient('alerts', sandbox.config, {}, (open) =>
    open.call('get_active_alerts', { environment: 'production' }),
  );
  fingerprint = /"fingerprint":"([^"]+)"/.exec(JSON.stringify(reply.data))?.[1] ?? '';
});
afterAll(() => sandbox.remove());

const typed = ({ fields }: Question): string => /^type (.*) to confirm$/.exec(fields[0] ?? '')?.[1] ?? '';
const right = (question: Question): Answer => ({ action: 'accept', text: typed(question) });

async function proposeAndExecute(name: string, options: ClientOptions) {
  const { server, tool, input } = actions[name] ?? { server: 'alerts', tool: '', input: () => ({}) };
  return withClient(server, sandbox.config, options, async (open) => {
    const asked = { ...input(sandbox), ...(name === 'acknowledge_alert' ? { alert: fingerprint } : {}) };
    const proposed = await open.call(tool, { ...asked, reason: 'asked for by the engineer on call' });
    const proposalId = field(proposed, 'proposalId');
    const reply = await open.call('execute_proposal', { proposalId });
    const after = await open.call('get_proposal', { proposalId });
    return { proposalId, reply, state: field(after, 'state') };
  });
}

describe.each(Object.keys(actions))('%s, confirmed in the client', (name) => {
  const effects = () => actions[name]?.effects(sandbox);

  it.each(['legacy', 'modern'] as const)('is not applied by a wrong text (%s)', async (era) => {
    const before = await effects();
    const done = await proposeAndExecute(name, { era, answer: () => ({ action: 'accept', text: 'yes' }) });
    expect(done.reply.isError).toBe(true);
    expect(done.reply.text).toContain('not the target');
    expect(done.state).toBe('awaiting_approval');
    expect(await effects()).toBe(before);
  });

  it('is not applied by a client that cannot ask, which is told the out-of-band way', async () => {
    const before = await effects();
    const done = await proposeAndExecute(name, {});
    expect(done.reply.isError).toBe(true);
    expect(done.reply.text).toContain('This client cannot ask its user to confirm');
    expect(done.reply.text).toContain('devops-mcp approve');
    expect(await effects()).toBe(before);
  });

  it('is rejected for good when the user declines', async () => {
    const before = await effects();
    const done = await proposeAndExecute(name, { answer: () => ({ action: 'decline' }) });
    expect(done.reply.text).toContain('declined');
    expect(done.state).toBe('rejected');
    expect(await effects()).toBe(before);
  });

  it.each(['legacy', 'modern'] as const)('is applied when the target is typed (%s)', async (era) => {
    const before = await effects();
    const done = await proposeAndExecute(name, { era, answer: right, name: `client-${era}` });
    expect(done.reply.text).toContain('succeeded');
    expect(done.state).toBe('succeeded');
    expect(await effects()).not.toBe(before);
    const trail = await mustRun('audit', 'trace', done.proposalId, '--json', '--config', sandbox.config);
    const records = trail
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const approval = records.find(({ eventType }) => eventType === 'mcp.approval');
    expect(approval).toMatchObject({
      result: { detail: 'client-attested' },
      actor: { agentClient: `client-${era}/1.0.0` },
    });
  });
});

describe('the question', () => {
  it('shows the whole change, has one required free text and no default', async () => {
    let seen: Question | undefined;
    await proposeAndExecute('create_incident', {
      answer: (question) => {
        seen = question;
        return { action: 'cancel' };
      },
    });
    expect(seen?.message).toContain('Errors after a deployment');
    expect(seen?.message).toContain('Digest: ');
    expect(seen?.fields).toHaveLength(1);
  });

  it('is asked again when a first call brings an answer with it', async () => {
    const id = await proposedIncident();
    const wire = openWire('alerts', ['--config', sandbox.config]);
    const execute = (more: object) =>
      wire.request('tools/call', { name: 'execute_proposal', arguments: { proposalId: id }, ...more });
    const asked = await execute({});
    const { key, name, text } = questionIn(asked.result);
    const inputResponses = { [key]: { action: 'accept', content: { [name]: text } } };
    const before = await actions.create_incident?.effects(sandbox);
    const prefilled = await execute({ inputResponses });
    expect(prefilled.result.resultType).toBe('input_required');
    expect(prefilled.result.requestState).not.toBe(asked.result.requestState);
    const forged = await execute({ inputResponses, requestState: `${asked.result.requestState}x` });
    expect(forged.error ?? forged.result).toBeDefined();
    expect(forged.result?.resultType).not.toBe('complete');
    expect(await actions.create_incident?.effects(sandbox)).toBe(before);
    const honest = await execute({ inputResponses, requestState: asked.result.requestState });
    expect(honest.result.structuredContent.state).toBe('succeeded');
    await wire.end();
  });

  it('is answered for one proposal and once', async () => {
    const [one, two] = [await proposedIncident(), await proposedIncident()];
    const wire = openWire('alerts', ['--config', sandbox.config]);
    const execute = (proposalId: string, more: object) =>
      wire.request('tools/call', { name: 'execute_proposal', arguments: { proposalId }, ...more });
    const asked = await execute(one, {});
    const { key, name, text } = questionIn(asked.result);
    const answer = { inputResponses: { [key]: { action: 'accept', content: { [name]: text } } } };
    const other = await execute(two, { ...answer, requestState: asked.result.requestState });
    expect(other.result.resultType).toBe('input_required');
    const wrong = { inputResponses: { [key]: { action: 'accept', content: { [name]: 'no' } } } };
    await execute(one, { ...wrong, requestState: asked.result.requestState });
    const replayed = await execute(one, { ...answer, requestState: asked.result.requestState });
    expect(replayed.result.resultType).toBe('input_required');
    await wire.end();
  });

  const proposedIncident = () =>
    withClient('alerts', sandbox.config, {}, async (open) => {
      const input = actions.create_incident?.input(sandbox);
      const title = `Errors ${Math.random()}`;
      return field(
        await open.call('propose_create_incident', { ...input, title, reason: 'asked for' }),
        'proposalId',
      );
    });
});

describe('a confirmation in the client', () => {
  it('is never asked for, and never enough, at tier 3 in production', async () => {
    let asked = 0;
    const options: ClientOptions = {
      answer: (question) => {
        asked += 1;
        return right(question);
      },
    };
    const state = await withClient('rollback', sandbox.config, options, async (open) => {
      const plan = await open.call('plan_rollback', {
        environment: 'production',
        service: sandbox.truth.service,
      });
      const proposed = await open.call('propose_roll_back_service', {
        planId: field(plan, 'data', 'planId'),
        reason: 'errors',
        changeRef: sandbox.truth.changeRequest,
      });
      const proposalId = field(proposed, 'proposalId');
      return field(await open.call('execute_proposal', { proposalId }), 'state');
    });
    expect(state).toBe('awaiting_approval');
    expect(asked).toBe(0);
    expect((await devopsMcp('proposals', '--config', sandbox.config)).out).toContain('awaiting_approval');
  });
});

function questionIn(result: {
  readonly inputRequests: Readonly<
    Record<string, { readonly params: { readonly requestedSchema: { readonly properties: object } } }>
  >;
}): { readonly key: string; readonly name: string; readonly text: string } {
  const [key = '', request] = Object.entries(result.inputRequests)[0] ?? [];
  const [name = ''] = Object.keys(request?.params.requestedSchema.properties ?? {});
  return { key, name, text: typed({ message: '', fields: [name] }) };
}
