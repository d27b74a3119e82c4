import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '@devops-mcp/testing/faults';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firingAlert } from './fake-alertmanager.js';
import { callNow, openAlerts } from './open-alerts.js';

describe('an Alertmanager behind TLS', () => {
  const authority = createAuthority('Authority of the test');
  const { certificate, key } = authority.issue(['127.0.0.1']);
  const server = createServer(
    { cert: certificate, key, ca: authority.certificate, requestCert: true, rejectUnauthorized: true },
    (_request, response) => response.end(JSON.stringify([firingAlert])),
  );
  let folder = '';
  let address = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alertmanager-tls-'));
    const client = authority.issue(['devops-mcp.example.com']);
    await writeFile(join(folder, 'ca.pem'), authority.certificate);
    await writeFile(join(folder, 'client.pem'), client.certificate);
    await writeFile(join(folder, 'client.key'), client.key);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // A server that listens on TCP has an address and a port.
    address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  const ask = async (settings: Record<string, unknown>) => {
    const alerts = await openAlerts({ address, ...settings }, { resolvePath: (path) => join(folder, path) });
    return (await alerts.active({}, callNow())).data.length;
  };

  test('is read with the authority and the client certificate that the configuration names', async () => {
    const client = { certFile: 'client.pem', keyFile: 'client.key' };
    expect(await ask({ caFile: 'ca.pem', ...client })).toBe(1);
    await expect(ask({ caFile: 'ca.pem' })).rejects.toMatchObject({ code: 'denied' });
    await expect(ask(client)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('is not read under another name than the configuration expects', async () => {
    const files = { caFile: 'ca.pem', certFile: 'client.pem', keyFile: 'client.key' };
    const other = { ...files, serverName: 'other.example.com' };
    await expect(ask(other)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('names the setting whose file cannot be read', async () => {
    await expect(ask({ caFile: 'none.pem' })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('caFile of use: alertmanager'),
    });
  });
});
