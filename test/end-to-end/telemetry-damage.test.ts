import { appendFile, readdir, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withClient } from './world/client.js';
import { copyOfSandbox, type Sandbox } from './world/sandbox.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await copyOfSandbox('bad-deployment', 'copied');
});
afterAll(() => sandbox.remove());

const summary = () =>
  withClient('logs', sandbox.config, {}, (open) =>
    open.call('get_error_summary', { environment: 'production', period: 'last_2h' }),
  );

it('garbage and torn lines are counted and told, and the rest is answered', async () => {
  const telemetry = sandbox.at('telemetry');
  await appendFile(
    path.join(telemetry, 'logs.jsonl'),
    'this is no JSON\n{"resourceLogs": 7}\n\u0000\u0001\u0002\n{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnix',
  );
  await writeFile(path.join(telemetry, 'logs-garbage.jsonl.gz'), 'not gzip at all');
  const rotated = (await readdir(telemetry)).find((name) => /^logs-2.*\.gz$/.test(name)) ?? '';
  // A file that is cut in the middle, as after a crash.
  const file = path.join(telemetry, rotated);
  await truncate(file, Math.floor((await stat(file)).size * 0.9));
  const reply = await summary();
  expect(reply.isError, reply.text).toBe(false);
  expect(reply.text).toContain('Checkout failed');
  const told = JSON.stringify(reply.data);
  expect(told).toMatch(/could not be read|unreadable|not valid|skipped|damaged|left out/i);
});

it('a line that is still being written is read once it is whole', async () => {
  const record = (body: string) =>
    JSON.stringify({
      resourceLogs: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'checkout' } }] },
          scopeLogs: [
            {
              logRecords: [
                {
                  timeUnixNano: `${Date.now() - 30_000}000000`,
                  severityNumber: 17,
                  severityText: 'ERROR',
                  body: { stringValue: body },
                },
              ],
            },
          ],
        },
      ],
    });
  const line = record('A half written sentence about flux capacitors');
  const file = sandbox.at('telemetry', 'logs-late.jsonl');
  await writeFile(file, line.slice(0, 80));
  expect((await summary()).isError).toBe(false);
  await appendFile(file, `${line.slice(80)}\n`);
  const found = await withClient('logs', sandbox.config, {}, (open) =>
    open.call('search_logs', { environment: 'production', text: 'flux capacitors', period: 'last_1h' }),
  );
  expect(found.text).toContain('flux capacitors');
});
