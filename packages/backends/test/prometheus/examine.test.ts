import type { Finding } from '@devops-mcp/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { prometheusBackend } from '../../src/prometheus/prometheus-backend.js';
import { contextFor } from './stores.js';
import { type Answered, type Asked, type StubStore, stubStore } from './stub-store.js';

const opened: StubStore[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

async function examined(
  answer: (asked: Asked) => Answered | undefined,
  settings: Readonly<Record<string, unknown>> = {},
  clock: () => Date = () => new Date(),
): Promise<readonly Finding[]> {
  const store = await stubStore(answer);
  opened.push(store);
  const context = contextFor({ address: store.address, ...settings }, { clock });
  const [metrics] = prometheusBackend.ports;
  return (await metrics?.examine?.(context, new AbortController().signal)) ?? [];
}

const of = (findings: readonly Finding[], topic: Finding['topic']) =>
  findings.filter((finding) => finding.topic === topic);
const vector: Answered = { data: { resultType: 'vector', result: [] } };

describe('doctor over Prometheus', () => {
  it('works on a store that has nothing but the query API', async () => {
    const findings = await examined(({ path }) =>
      path.includes('/status/') ? { status: 404, body: 'none' } : undefined,
    );
    expect(of(findings, 'reachability')).toEqual([
      { topic: 'reachability', level: 'ok', message: expect.stringContaining('does not tell its version') },
    ]);
    expect(of(findings, 'data')).toMatchObject([
      { level: 'warning', fix: expect.stringContaining('labels.service') },
    ]);
  });

  it('says when the clocks are more than 30 s apart, and which is ahead', async () => {
    const later = () => new Date(Date.now() + 90_000);
    const [finding] = of(await examined(() => vector, {}, later), 'clock');
    expect(finding).toMatchObject({ level: 'warning', message: expect.stringContaining('behind') });
    const earlier = () => new Date(Date.now() - 90_000);
    const [other] = of(await examined(() => vector, {}, earlier), 'clock');
    expect(other).toMatchObject({ level: 'warning', message: expect.stringContaining('ahead') });
  });

  it.each([
    [401, 'credential'],
    [403, 'credential'],
    [404, 'reachability'],
    [500, 'reachability'],
  ])('%i is a failure of %s, in our words', async (status, topic) => {
    const findings = await examined(() => ({ status, body: 'upstream says secret' }));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ topic, level: 'failure', fix: expect.any(String) });
    expect(JSON.stringify(findings)).not.toContain('upstream says');
  });

  it('says when nothing listens', async () => {
    const store = await stubStore(() => vector);
    const { address } = store;
    await store.close();
    const [metrics] = prometheusBackend.ports;
    const findings = await metrics?.examine?.(contextFor({ address }), new AbortController().signal);
    expect(findings).toMatchObject([{ topic: 'reachability', level: 'failure' }]);
  });

  it('warns of a credential that is sent in the open', async () => {
    const findings = await examined(() => vector, { credential: 'token' });
    expect(of(findings, 'credential').map(({ level }) => level)).toEqual(['warning', 'ok']);
    expect(JSON.stringify(findings)).not.toContain('token"');
  });
});
