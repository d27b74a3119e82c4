import { readFileSync } from 'node:fs';
import { startFaultProxy } from '@devops-mcp/testing/faults';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openHttp } from '../../src/http/http-client.js';
import { usualResilience } from '../../src/http/resilience.js';
import { goodServer, rejection, targetAt } from './target.js';

const page = readFileSync(new URL('../../../../docs/network.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| (\d{3}) \| `([a-z_]+)` \|/gm)].map(
  ([, status, code]) => [Number(status), code] as const,
);
let server: Awaited<ReturnType<typeof goodServer>>;
beforeAll(async () => {
  server = await goodServer();
});
afterAll(() => server.close());

it('the page lists the statuses that are told apart', () => {
  const all = [302, 400, 401, 403, 404, 407, 409, 410, 412, 422, 429, 500, 502, 503, 504];
  expect(rows.map(([status]) => status).sort()).toEqual(all);
});

it.each(rows)('%i is %s, as the page says', async (status, code) => {
  const proxy = await startFaultProxy({ target: server.url, rules: [{ fault: { kind: 'status', status } }] });
  const http = openHttp(targetAt(proxy.url), { attempts: 1 });
  const signal = new AbortController().signal;
  expect(await rejection(http.json({ path: '/', signal }))).toMatchObject({ code });
  await proxy.close();
});

it('the numbers of the page are those that hold', () => {
  const { random: _, now: __, ...numbers } = usualResilience;
  expect(numbers).toEqual({
    attempts: 3,
    firstWaitMs: 200,
    longestWaitMs: 5_000,
    parallel: 8,
    longestQueue: 64,
    failuresToOpen: 5,
    openMs: 10_000,
  });
  for (const words of [
    'tried up to three times',
    'up to 0.2 and 0.4 seconds',
    'longer than five seconds',
    'Eight exchanges',
    '64 more wait',
    'five calls in a row',
    'ten seconds',
  ]) {
    expect(page).toContain(words);
  }
});
