import { appendFile, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type OpenClient, openClient, type Reply } from './world/client.js';
import { copyOfSandbox, type Sandbox } from './world/sandbox.js';
import { openWire } from './world/wire.js';

const perRequest = 1_000;
const written = 260_000;
const service = 'ledger';

let sandbox: Sandbox;
const open: OpenClient[] = [];
beforeEach(async () => {
  sandbox = await copyOfSandbox('bad-deployment', 'copied');
  await writeLines(0, written);
});
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
  await sandbox.remove();
});

/** Enough lines for more than two segments, which takes a second or more to read. */
async function writeLines(from: number, count: number): Promise<void> {
  const newest = Date.now() - 60_000;
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
  let text = '';
  for (let first = from; first < from + count; first += perRequest) {
    const logRecords = Array.from({ length: perRequest }, (_, at) => ({
      timeUnixNano: `${newest - ((first + at) % 600) * 1_000}000000`,
      severityNumber: 17,
      body: { stringValue: `Posting ${first + at} was refused by account ${at}` },
    }));
    text += `${JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] })}\n`;
  }
  await appendFile(sandbox.at('telemetry', 'logs-ledger.jsonl'), text);
}

async function start(server: 'logs' | 'metrics'): Promise<OpenClient> {
  const client = await openClient(server, sandbox.config);
  open.push(client);
  return client;
}

/** A slow machine may need more than one deadline; what was read until then is kept. */
async function ask(client: OpenClient, tool: string, input: object): Promise<Reply> {
  for (let left = 8; ; left -= 1) {
    const reply = await client.call(tool, { environment: 'production', period: 'last_1h', ...input });
    if (!reply.isError || left === 0 || !reply.text.includes('(timeout')) return reply;
  }
}

async function linesOfService(client: OpenClient): Promise<number> {
  const reply = await ask(client, 'get_error_summary', { service });
  expect(reply.isError, reply.text).toBe(false);
  expect(reply.data).toMatchObject({ data: { total: expect.any(Number) } });
  return Number(/"total":(\d+)/.exec(JSON.stringify(reply.data.data))?.[1]);
}

interface Manifest {
  readonly complete: boolean;
  readonly segments: readonly { readonly name: string; readonly rows: number }[];
  readonly files: readonly { readonly path: string; readonly lines: number }[];
}

/** The manifest of a table as the servers left it; undefined before the first. */
async function manifestOf(table: string): Promise<Manifest | undefined> {
  const names = await readdir(sandbox.at('state'), { recursive: true });
  const name = names.find((each) => each.endsWith(path.join(table, 'manifest.json')));
  return name === undefined ? undefined : JSON.parse(await readFile(sandbox.at('state', name), 'utf8'));
}

const rowsOf = (manifest: Manifest | undefined) =>
  manifest?.segments.reduce((sum, segment) => sum + segment.rows, 0) ?? 0;

it('real processes that start at once over one folder answer in full, and each line is read once', async () => {
  const [one, two, metrics] = await Promise.all([start('logs'), start('logs'), start('metrics')]);
  const [first, second, anomalies] = await Promise.all([
    linesOfService(one),
    linesOfService(two),
    ask(metrics, 'find_anomalies', {}),
  ]);
  expect([first, second]).toEqual([written, written]);
  expect(anomalies.isError, anomalies.text).toBe(false);
  const logs = await manifestOf('logs');
  expect(logs?.complete).toBe(true);
  const before = rowsOf(logs);
  expect(before).toBeGreaterThan(written);
  expect(rowsOf(await manifestOf('points'))).toBeGreaterThan(0);
  // What is new is read by whoever is asked first, and seen by the other.
  await writeLines(written, perRequest);
  expect(await linesOfService(two)).toBe(written + perRequest);
  expect(await linesOfService(one)).toBe(written + perRequest);
  expect(rowsOf(await manifestOf('logs'))).toBe(before + perRequest);
});

it('a process killed while it reads leaves what it had written, and the next one goes on from there', async () => {
  const wire = openWire('logs', ['--config', sandbox.config]);
  const input = { environment: 'production', period: 'last_1h', service };
  wire.request('tools/call', { name: 'get_error_summary', arguments: input }).catch(() => undefined);
  let kept = await manifestOf('logs');
  while (kept === undefined) {
    await sleep(5);
    kept = await manifestOf('logs');
  }
  expect((await wire.kill('SIGKILL')).signal).toBe('SIGKILL');
  kept = await manifestOf('logs');
  expect(kept).toMatchObject({ complete: false });
  expect(rowsOf(kept)).toBeGreaterThan(0);
  const next = await start('logs');
  expect(await linesOfService(next)).toBe(written);
  const after = await manifestOf('logs');
  expect(after?.complete).toBe(true);
  expect(after?.segments).toEqual(expect.arrayContaining([...(kept?.segments ?? [])]));
  const ledger = after?.files.find((file) => file.path === 'logs-ledger.jsonl');
  expect(ledger?.lines).toBe(written / perRequest);
});
