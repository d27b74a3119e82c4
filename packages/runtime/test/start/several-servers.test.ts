import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerDefinition } from '@devops-mcp/contract';
import { openSqliteStore } from '@devops-mcp/governance';
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../src/configuration/load-configuration.js';
import type { OpenServer } from '../../src/start/open-server.js';
import { openServers } from '../../src/start/open-several.js';
import { systemRandom } from '../../src/start/random.js';
import { pinSurfaces } from '../../src/surface/pins.js';
import { surfaceOf } from '../../src/surface/surface-of.js';
import { library, memoryBackends } from '../fixture/library.js';
import { readRecords, sampleManifest, writeSampleFolder } from '../fixture/sample-server.js';

/** A second server over the same shelf, under names of its own. */
const archive: ServerDefinition = {
  ...library,
  name: 'archive',
  title: 'Archive',
  instructions: 'Start with archive_list_books.',
  tools: library.tools.map((tool) => ({ ...tool, name: `archive_${tool.name}` })),
  actions: library.actions.map((action) => ({ ...action, name: `archive_${action.name}` })),
  resources: library.resources.map((one) => ({ ...one, uriTemplate: 'archive://{environment}/books' })),
  prompts: library.prompts.map((prompt) => ({ ...prompt, name: `archive_${prompt.name}` })),
};
const registration = (name: string) =>
  `  ${name}: { owner: group:default/team-library, killSwitchOwner: group:default/team-library, version: 1.0.0 }\n`;

let folder: string;
let open: OpenServer | undefined;
beforeEach(async () => {
  folder = await writeSampleFolder();
  const file = join(folder, 'devops-mcp.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('servers:\n', `servers:\n${registration('archive')}`));
  const policy = join(folder, 'policy.yaml');
  await writeFile(policy, (await readFile(policy, 'utf8')).replaceAll('[library]', '[library, archive]'));
});
afterEach(async () => {
  await open?.close();
  open = undefined;
  await rm(folder, { recursive: true });
});

interface Options {
  readonly readOnly?: boolean;
  readonly tools?: readonly string[];
  readonly excludeTools?: readonly string[];
  readonly pinned?: readonly ServerDefinition[];
  readonly members?: readonly ServerDefinition[];
}

async function serve({ members = [library, archive], pinned = members, ...flags }: Options = {}) {
  await pinSurfaces(
    folder,
    pinned.map((definition) => surfaceOf(definition, '1.0.0')),
  );
  const file = join(folder, 'devops-mcp.yaml');
  open = await openServers({
    members: members.map((definition) => ({ definition, manifest: sampleManifest })),
    backends: memoryBackends(),
    manifest: { name: '@devops-mcp/suite', version: '2.0.0' },
    configuration: parseConfiguration(await readFile(file, 'utf8'), file),
    narrowing: { readOnly: false, tools: undefined, excludeTools: [], ...flags },
    transport: 'stdio',
    clock: () => new Date(),
    random: systemRandom,
    warn: () => {},
    variables: {},
  });
  const client = new Client({ name: 'test', version: '1' }, { capabilities: { elicitation: {} } });
  client.setRequestHandler('elicitation/create', () => ({
    action: 'accept',
    content: { confirm: 'library' },
  }));
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await (await open.factory({ era: 'legacy' })).connect(theirs);
  await client.connect(ours);
  return client;
}

const books = { environment: 'staging' };
const call = (client: Client, name: string, args: Record<string, unknown> = books) =>
  client.callTool({ name, arguments: args });
const propose = async (client: Client, name: string, book: string) => {
  const reply = await call(client, name, { ...books, book, reason: 'the reader finished it' });
  return (reply.structuredContent as { proposalId: string }).proposalId;
};
const names = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name).sort();
const errorOf = ({ _meta }: { readonly _meta?: Record<string, unknown> | undefined }) =>
  _meta?.['io.github.devops-mcp/error'];
const records = async () => {
  await open?.close();
  open = undefined;
  return readRecords(join(folder, 'audit'));
};

describe('several servers in one process', () => {
  it('publish the union of what each publishes alone, the proposal tools once', async () => {
    const together = await names(await serve());
    const alone = new Set<string>();
    for (const member of [library, archive]) {
      for (const name of await names(await serve({ members: [member] }))) alone.add(name);
    }
    expect(together).toEqual([...alone].sort());
    expect(together.filter((name) => name === 'execute_proposal')).toHaveLength(1);
  });

  it('offer resources, prompts and completions of each, and the instructions of all', async () => {
    const client = await serve();
    expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual([
      'recommend_book',
      'archive_recommend_book',
    ]);
    const ref = { type: 'ref/prompt' as const, name: 'archive_recommend_book' };
    const { completion } = await client.complete({ ref, argument: { name: 'mood', value: 'c' } });
    expect(completion.values).toEqual(['calm', 'curious']);
    const read = await client.readResource({ uri: 'archive://staging/books' });
    expect(JSON.stringify(read)).toContain('ulysses');
    expect(client.getInstructions()).toBe(
      'Library: Start with list_books.\n\nArchive: Start with archive_list_books.',
    );
  });

  it('record every call under the server that has the tool', async () => {
    const client = await serve();
    await call(client, 'list_books');
    await call(client, 'archive_list_books');
    const found = (await records()).map(({ server, tool }) => [
      (server as { name: string }).name,
      (tool as { name: string }).name,
    ]);
    expect(found).toHaveLength(2);
    expect(found).toContainEqual(['library', 'list_books']);
    expect(found).toContainEqual(['archive', 'archive_list_books']);
  });

  it('execute a proposal with the server that made it', async () => {
    const client = await serve();
    const proposalId = await propose(client, 'propose_archive_remove_book', 'emma');
    const done = await call(client, 'execute_proposal', { proposalId });
    expect(done.structuredContent).toMatchObject({ state: 'succeeded', action: 'archive_remove_book' });
    const seen = await call(client, 'get_proposal', { proposalId });
    expect(seen.structuredContent).toMatchObject({ state: 'succeeded' });
    const own = (await records()).filter((record) => record.proposalId === proposalId);
    expect(new Set(own.map(({ server }) => (server as { name: string }).name))).toEqual(new Set(['archive']));
    expect(own.map(({ eventType }) => eventType)).toContain('mcp.execution');
  });

  it('list and cancel the proposals of all', async () => {
    const client = await serve();
    const one = await propose(client, 'propose_remove_book', 'emma');
    const other = await propose(client, 'propose_archive_remove_book', 'ulysses');
    const listed = async (limit: number) =>
      (await call(client, 'list_proposals', { limit })).structuredContent as {
        proposals: { proposalId: string }[];
        more: boolean;
      };
    const all = await listed(20);
    expect(all.proposals.map(({ proposalId }) => proposalId).sort()).toEqual([one, other].sort());
    expect(await listed(1)).toMatchObject({ proposals: [{}], more: true });
    const cancelled = await call(client, 'cancel_proposal', { proposalId: other });
    expect(cancelled.structuredContent).toMatchObject({ state: 'cancelled' });
  });

  it('refuse a proposal that nobody made, and wrong arguments, as one server would', async () => {
    const client = await serve();
    const unknown = await call(client, 'execute_proposal', { proposalId: `prop_${'0'.repeat(26)}` });
    expect(errorOf(unknown)).toMatchObject({ code: 'not_found' });
    expect(errorOf(await call(client, 'execute_proposal', {}))).toMatchObject({ code: 'invalid_input' });
    expect(errorOf(await call(client, 'list_proposals', { limit: 0 }))).toMatchObject({
      code: 'invalid_input',
    });
  });

  it('are switched off one by one', async () => {
    const client = await serve();
    const kept = await propose(client, 'propose_remove_book', 'emma');
    const held = await propose(client, 'propose_archive_remove_book', 'emma');
    const store = await openSqliteStore({ directory: join(folder, 'state'), clock: () => new Date() });
    const scope = { scope: 'server:archive', blocks: 'all', by: 'team', reason: 'drill' } as const;
    await store.switches.set({ ...scope, at: new Date().toISOString() });
    await store.close();
    const off = { code: 'switched_off' };
    expect(errorOf(await call(client, 'archive_list_books'))).toMatchObject(off);
    expect(errorOf(await call(client, 'execute_proposal', { proposalId: held }))).toMatchObject(off);
    expect((await call(client, 'list_books')).isError).not.toBe(true);
    const listed = await call(client, 'list_proposals', {});
    expect(listed.structuredContent).toMatchObject({ proposals: [{ proposalId: kept }] });
    expect(JSON.stringify(listed.content)).toContain('! archive: ');
    const done = await call(client, 'execute_proposal', { proposalId: kept });
    expect(done.structuredContent).toMatchObject({ state: 'succeeded' });
  });

  it('are pinned one by one', async () => {
    const client = await serve({ pinned: [library] });
    const served = await names(client);
    expect(served).toContain('propose_remove_book');
    expect(served).not.toContain('propose_archive_remove_book');
    const refused = await call(client, 'propose_archive_remove_book', {
      ...books,
      book: 'emma',
      reason: 'why',
    });
    expect(errorOf(refused)).toMatchObject({ code: 'denied' });
    const found = (await records()).map(({ server }) => (server as { name: string }).name);
    expect(found).toEqual(['archive']);
  });

  it('execute nothing of a server whose changes are not served', async () => {
    const both = await serve();
    const proposalId = await propose(both, 'propose_archive_remove_book', 'emma');
    await open?.close();
    const client = await serve({ excludeTools: ['propose_archive_remove_book'] });
    expect(errorOf(await call(client, 'execute_proposal', { proposalId }))).toMatchObject({ code: 'denied' });
  });

  it('are narrowed by names of any of them', async () => {
    const tools = ['list_books', 'archive_list_books'];
    expect(await names(await serve({ tools }))).toEqual(tools.toSorted());
    const reads = await names(await serve({ readOnly: true }));
    expect(reads.filter((name) => /^propose_|_proposals?$/.test(name))).toEqual([]);
    await expect(serve({ excludeTools: ['nope'] })).rejects.toMatchObject({ kind: 'usage' });
  });

  it('say what is served to a caller of what nobody has, and record it', async () => {
    const client = await serve();
    await expect(call(client, 'burn_books')).rejects.toThrow(/Served: list_books, .*archive_list_books/);
    expect(await records()).toHaveLength(1);
  });

  it('do not start with a name that two of them publish', async () => {
    const twin = { ...library, name: 'archive' };
    await expect(serve({ members: [library, twin] })).rejects.toThrow(/Several servers publish list_books/);
  });
});
