import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, serverProgram } from './world/programs.js';
import { copyOfSandbox, type Sandbox } from './world/sandbox.js';

let sandbox: Sandbox;
let url: string;
let stop: () => Promise<Ended>;
beforeAll(async () => {
  sandbox = await copyOfSandbox();
  const child = spawn(process.execPath, [
    ...[serverProgram('deployments'), '--config', sandbox.config, '--http', '127.0.0.1:0'],
  ]);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, out, err }));
  });
  url = await new Promise((resolve) => {
    child.stderr.on('data', (chunk) => {
      err += chunk;
      const found = /listening on (\S+)/.exec(err)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  stop = () => {
    child.kill('SIGTERM');
    return ended;
  };
});
afterAll(async () => {
  expect(await stop()).toMatchObject({ code: 0, out: '' });
  await sandbox.remove();
});

const initialize = JSON.stringify({
  ...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
  params: {
    ...{ protocolVersion: '2025-11-25', capabilities: {} },
    clientInfo: { name: 'page', version: '1' },
  },
});

/** Sends the first request of a client under the headers that a browser or a proxy would send. */
function post(headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...headers,
        },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    sent.on('error', reject);
    sent.end(initialize);
  });
}

describe('HTTP on loopback', () => {
  it('serves reads alone', async () => {
    const client = new Client({ name: 'end-to-end', version: '1.0.0' });
    await client.connect(new StreamableHTTPClientTransport(new URL(url)));
    const { tools } = await client.listTools();
    expect(tools.length).toBeGreaterThan(0);
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint === true)).toBe(true);
    const change = await client.callTool({
      name: 'propose_scale_service',
      arguments: { environment: 'staging', service: 'checkout', replicas: 2, reason: 'less traffic' },
    });
    expect(change.isError).toBe(true);
    expect(JSON.stringify(change.content)).toContain('only reads are served');
    for (const name of ['execute_proposal', 'list_proposals'])
      expect((await client.callTool({ name, arguments: {} })).isError).toBe(true);
    const read = await client.callTool({
      name: 'get_deployment_history',
      arguments: { environment: 'production' },
    });
    expect(read.isError).not.toBe(true);
    await client.close();
  });

  it('takes a request of this machine', async () => {
    expect(await post({})).toBe(200);
    expect(await post({ host: `localhost:${new URL(url).port}` })).toBe(200);
    expect(await post({ origin: 'http://localhost:5173' })).toBe(200);
  });

  it.each([
    ['a Host that rebinds a name to this machine', { host: 'attacker.example' }],
    ['a Host that begins as a local one does', { host: 'localhost.attacker.example' }],
    ['the Origin of a web page', { origin: 'https://attacker.example' }],
    ['an Origin that begins as a local one does', { origin: 'http://localhost.attacker.example' }],
    ['an opaque Origin', { origin: 'null' }],
  ])('refuses %s', async (_, headers) => {
    expect(await post(headers)).toBe(403);
  });
});
