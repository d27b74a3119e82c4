import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { backends } from '@devops-mcp/backends';
import { loadConfiguration, pinSurfaces, surfaceOf } from '@devops-mcp/runtime';
import { type OpenServer, openServer, openServers, systemRandom } from '@devops-mcp/runtime/protocol';
import { createSandbox } from '@devops-mcp/sandbox';
import { type ConnectedClient, connectInProcess } from '@devops-mcp/testing/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { servers } from '../src/servers.js';

let folder: string;
let service: string;
beforeAll(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'suite-')), 'company');
  const { truth } = await createSandbox({
    directory: folder,
    incident: 'bad_deployment',
    seed: 1,
    scale: 0.02,
    now: new Date(),
  });
  service = truth.service ?? '';
  await pinSurfaces(
    folder,
    servers.map(({ definition, manifest: own }) => surfaceOf(definition, own.version)),
  );
});
afterAll(() => rm(path.dirname(folder), { recursive: true }));

async function surroundings() {
  return {
    configuration: await loadConfiguration(path.join(folder, 'devops-mcp.yaml')),
    narrowing: { readOnly: false, tools: undefined, excludeTools: [] },
    transport: 'stdio' as const,
    clock: () => new Date(),
    random: systemRandom,
    warn: () => {},
    variables: {},
    backends,
  };
}
const together = async () => openServers({ ...(await surroundings()), members: servers, manifest });

async function using<T>(
  opening: Promise<OpenServer>,
  use: (client: ConnectedClient['client']) => Promise<T>,
) {
  const server = await opening;
  const connected = await connectInProcess(server.factory, { era: 'legacy' });
  try {
    return await use(connected.client);
  } finally {
    await connected.close();
    await server.close();
  }
}

describe('the five servers in one process', () => {
  it('publish exactly what they publish alone', async () => {
    const alone = new Set<string>();
    for (const member of servers) {
      const opening = openServer({ ...(await surroundings()), ...member });
      const { tools } = await using(opening, (client) => client.listTools());
      for (const { name } of tools) alone.add(name);
    }
    const listed = await using(together(), (client) => client.listTools());
    expect(listed.tools.map(({ name }) => name).sort()).toEqual([...alone].sort());
    expect(listed.tools.length).toBeGreaterThan(25);
    const execute = listed.tools.find(({ name }) => name === 'execute_proposal');
    // As careful as the server whose actions reach furthest.
    expect(execute?._meta).toMatchObject({ 'io.github.devops-mcp/risk-tier': 3 });
  });

  it('answer and are recorded each under its own name', async () => {
    await using(together(), async (client) => {
      const environment = 'production';
      const history = await client.callTool({ name: 'get_deployment_history', arguments: { environment } });
      expect(history.isError).not.toBe(true);
      const alerts = await client.callTool({ name: 'get_active_alerts', arguments: { environment } });
      expect(alerts.isError).not.toBe(true);
      const proposed = await client.callTool({
        name: 'propose_create_incident',
        arguments: {
          ...{ environment: 'staging', title: 'It hangs', severity: 'low', services: [service] },
          ...{ summary: 'It answers no more.', reason: 'it hangs' },
        },
      });
      if (!proposed.structuredContent) throw new Error(JSON.stringify(proposed.content));
      const { proposalId } = proposed.structuredContent as { proposalId: string };
      const seen = await client.callTool({ name: 'get_proposal', arguments: { proposalId } });
      expect(seen.structuredContent).toMatchObject({ proposalId, action: 'create_incident' });
    });
    const files = await readdir(path.join(folder, 'audit'));
    const serverOf = async (tool: string) => {
      for (const file of files) {
        const text = await readFile(path.join(folder, 'audit', file), 'utf8');
        if (text.includes(`"name":"${tool}"`)) return /^(\w+)-/.exec(file)?.[1];
      }
      return undefined;
    };
    expect(await serverOf('get_deployment_history')).toBe('deployments');
    expect(await serverOf('get_active_alerts')).toBe('alerts');
    expect(await serverOf('create_incident')).toBe('alerts');
    expect(await serverOf('get_proposal')).toBe('alerts');
  });
});
