import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callContext, worldNow } from '@devops-mcp/domain/contract-tests';
import { createAuthority, type FaultProxy, startFaultProxy } from '@devops-mcp/testing/faults';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPorts } from './stores.js';
import { matrix, type StubStore, shopWith, stubStore } from './stub-store.js';

const window = { start: new Date(worldNow.getTime() - 3_600_000), end: worldNow };
const authority = createAuthority();
const server = authority.issue('metrics.example.com');
const client = authority.issue('reader.example.com');

describe('a Prometheus behind a private authority that asks for a certificate', () => {
  let folder = '';
  let store: StubStore | undefined;
  let proxy: FaultProxy | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'prometheus-tls-'));
    await writeFile(join(folder, 'ca.pem'), authority.certificate);
    await writeFile(join(folder, 'other.pem'), createAuthority('Another').certificate);
    await writeFile(join(folder, 'cert.pem'), client.certificate);
    await writeFile(join(folder, 'key.pem'), client.key);
    store = await stubStore(
      shopWith(['process_memory_usage_bytes'], ['instance'], (asked) =>
        asked.path.endsWith('/query_range') ? matrix(asked, () => '5') : undefined,
      ),
    );
    const tls = { ...server, clientAuthority: authority.certificate };
    proxy = await startFaultProxy({ target: store.address, tls });
  });
  afterAll(async () => {
    await proxy?.close();
    await store?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const whole = {
    caFile: 'ca.pem',
    certFile: 'cert.pem',
    keyFile: 'key.pem',
    serverName: 'metrics.example.com',
  };
  const memory = async (settings: Readonly<Record<string, unknown>>) => {
    const address = proxy?.url;
    const resolvePath = (path: string) => join(folder, path);
    const ports = await openPorts({ address, stepSeconds: 60, ...settings }, { resolvePath });
    const query = { service: 'shop', signals: ['memory'], window, maxPoints: 60 };
    return ports.metrics.querySignals(query, callContext());
  };

  it('is read with its authority, a certificate and the name of the server', async () => {
    expect((await memory(whole)).data.series[0]?.statistics.p50).toBe(5);
  });

  it('is denied without a certificate', async () => {
    const { certFile: _, keyFile: __, ...without } = whole;
    await expect(memory(without)).rejects.toMatchObject({ name: 'ToolError', code: 'denied' });
  });

  it.each([
    ['another authority', { ...whole, caFile: 'other.pem' }, 'is not trusted'],
    ['another name', { ...whole, serverName: 'other.example.com' }, ''],

    ['a file that is not there', { ...whole, certFile: 'none.pem' }, 'certFile'],
  ])('is unavailable with %s', async (_, settings, said) => {
    await expect(memory(settings)).rejects.toMatchObject({
      name: 'ToolError',
      code: 'unavailable',
      message: expect.stringContaining(said),
    });
  });
});
