import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readAudit, verifyAudit } from '../../src/audit/index.js';
import { openSqliteStore } from '../../src/store/index.js';
import { builtModule } from '../build-dist.js';
import { temporaryFolder } from '../temporary-folder.js';
import { exampleEvent } from './example-event.js';

it('a process that is killed leaves a log that verifies and holds every confirmed record', async () => {
  const directory = temporaryFolder();
  const script = fileURLToPath(new URL('./killed-child.mjs', import.meta.url));
  const modules = [builtModule('audit/index.js'), builtModule('store/index.js')];
  const confirmed = [0, 0];
  // Two at once, since clients start a server twice.
  const children = [0, 1].map(() =>
    fork(script, [...modules, directory, JSON.stringify(exampleEvent())], { execArgv: [] }),
  );
  for (const [index, child] of children.entries()) {
    child.on('message', () => {
      confirmed[index] = (confirmed[index] ?? 0) + 1;
    });
  }
  // Each of the two, since one may start long after the other.
  await expect.poll(() => Math.min(...confirmed), { timeout: 60_000 }).toBeGreaterThan(20);
  const exits = children.map((child) => once(child, 'exit'));
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(exits);
  const store = await openSqliteStore({ directory: join(directory, 'state'), clock: () => new Date() });
  const directories = [join(directory, 'audit')];
  const report = await verifyAudit({ directories, segments: store.segments });
  expect(report).toMatchObject({
    ok: true,
    missing: [],
    segments: [{ registered: true }, { registered: true }],
  });
  let durable = 0;
  for await (const record of readAudit({ directories })) if (record.id.startsWith('durable')) durable += 1;
  expect(durable).toBeGreaterThanOrEqual(confirmed.reduce((sum, each) => sum + each, 0));
  await store.close();
}, 120_000);
