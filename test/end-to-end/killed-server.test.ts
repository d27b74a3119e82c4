import { readdir, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { devopsMcp } from './world/programs.js';
import { copyOfSandbox, type Sandbox } from './world/sandbox.js';
import { openWire, type Wire } from './world/wire.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await copyOfSandbox();
});
afterEach(() => sandbox.remove());

const call = (wire: Wire, name: string, input: object) =>
  wire.request('tools/call', { name, arguments: input });

/** Keeps a server busy with more than it can answer, and kills it after some answers. */
async function killInTheMiddle(after: number): Promise<void> {
  const wire = openWire('deployments', ['--config', sandbox.config]);
  const service = sandbox.truth.service;
  await call(wire, 'get_deployment_history', { environment: 'production' });
  let answers = 0;
  const enough = new Promise<void>((resolve) => {
    for (let index = 0; index < 40; index += 1) {
      const asked =
        index % 4 === 0
          ? call(wire, 'propose_scale_service', {
              ...{ environment: 'staging', service, replicas: 2, reason: `attempt ${index}` },
            })
          : call(wire, 'get_deployment_diff', { environment: 'production', service });
      asked.then(
        () => {
          answers += 1;
          if (answers >= after) resolve();
        },
        () => {},
      );
    }
  });
  await enough;
  expect((await wire.kill('SIGKILL')).signal).toBe('SIGKILL');
}

it('a server killed in the middle of its calls leaves a log that verifies', async () => {
  for (const after of [1, 7, 20]) await killInTheMiddle(after);
  const verified = await devopsMcp('audit', 'verify', '--json', '--config', sandbox.config);
  expect(verified.code).toBe(0);
  const report = JSON.parse(verified.out);
  expect(report.ok).toBe(true);
  // The killed processes and nobody else wrote here; each left what it had answered for.
  expect(report.segments.length).toBeGreaterThanOrEqual(3);
  expect(report.records).toBeGreaterThan(3);
});

it('and the next one goes on from the state that it left', async () => {
  await killInTheMiddle(5);
  const wire = openWire('deployments', ['--config', sandbox.config]);
  const read = await call(wire, 'get_deployment_history', { environment: 'production' });
  expect(read.result.isError).not.toBe(true);
  const listed = await call(wire, 'list_proposals', {});
  expect(listed.result.isError).not.toBe(true);
  await wire.end();
  expect((await devopsMcp('audit', 'verify', '--config', sandbox.config)).code).toBe(0);
});

it('what was proposed before the end is on record', async () => {
  const wire = openWire('deployments', ['--config', sandbox.config]);
  const reason = 'the last thing that it did';
  const proposed = await call(wire, 'propose_scale_service', {
    ...{ environment: 'staging', service: sandbox.truth.service, replicas: 2, reason },
  });
  await wire.kill('SIGKILL');
  const id = proposed.result.structuredContent.proposalId;
  const names = await readdir(sandbox.at('audit'));
  const texts = await Promise.all(names.map((name) => readFile(sandbox.at('audit', name), 'utf8')));
  const records = texts.flatMap((text) => text.split('\n')).filter((line) => line.includes(id));
  expect(records.map((line) => JSON.parse(line).reason)).toContain(reason);
});
