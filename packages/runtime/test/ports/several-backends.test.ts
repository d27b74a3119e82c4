import { optional } from '@devops-mcp/contract';
import { alertsPort, metricsPort } from '@devops-mcp/domain';
import { openMemoryStore } from '@devops-mcp/governance';
import { beforeEach, describe, expect, it } from 'vitest';
import { countFallbacks } from '../../src/ports/count-fallbacks.js';
import { caller, connect, context, log, window } from '../fixture/fake-systems.js';

beforeEach(() => {
  log.length = 0;
});

describe('a list of backends', () => {
  const two = (second: string) =>
    `metrics: [{ use: fake, as: eu, called: eu }, { use: fake, as: us, called: us${second} }]`;

  it('answers as one, each opened once', async () => {
    const { bindings, connector, services } = await connect(two(''));
    expect(bindings.map(({ name, position, where }) => [name, position, where])).toEqual([
      ['eu', 0, 'environments.production.ports.metrics[0]'],
      ['us', 1, 'environments.production.ports.metrics[1]'],
    ]);
    expect(log).toEqual([]);
    expect(await services()).toMatchObject({ data: ['eu', 'us'], source: { backend: 'eu, us' } });
    await services();
    expect(log.filter((line) => line.startsWith('open'))).toEqual(['open eu', 'open us']);
    const principal = connector.principal({ metrics: metricsPort }, 'production', 'read');
    expect(principal.principal).toBe('fake/eu:production:metrics:read,fake/us:production:metrics:read');
  });

  it('answers without one that cannot be opened, and tries it again', async () => {
    const { services } = await connect(two(', fails: opening'));
    const found = await services();
    expect(found).toMatchObject({ data: ['eu'], source: { backend: 'eu' } });
    expect(found.partial).toEqual([{ backend: 'us', reason: expect.stringMatching(/^unavailable: /) }]);
    expect(JSON.stringify(found)).not.toContain('secret');
    await services();
    expect(log.filter((line) => line === 'open us')).toHaveLength(2);
  });

  it('is as good for a port that a tool can do without', async () => {
    const { connector } = await connect(two(', fails: opening'));
    const ports = await connector.read({ metrics: optional(metricsPort) }, 'production', caller);
    expect(await ports.metrics?.services({ window }, context)).toMatchObject({ data: ['eu'] });
  });

  const silence = { matchers: [], minutes: 5, comment: '' };
  const apply = { change: {}, idempotencyKey: 'k', by: 'team' };

  it('plans and writes with the one that has the write credential', async () => {
    const { connector } = await connect(
      'alerts: [{ use: fake, called: first }, { use: other, called: second, write: {} }]',
    );
    const { alerts } = await connector.write({ alerts: alertsPort }, 'production', caller);
    expect((await alerts.planSilence(silence, context)).change).toEqual({ of: 'second' });
    expect((await alerts.applyChange(apply, context)).summary).toBe('second');
    expect(connector.principal({ alerts: alertsPort }, 'production', 'write').principal).toBe(
      'fake:production:alerts:read,other:production:alerts:write',
    );
  });

  it('is refused writes where none has one', async () => {
    const { connector } = await connect(
      'alerts: [{ use: fake, called: first }, { use: other, called: second }]',
    );
    await expect(connector.write({ alerts: alertsPort }, 'production', caller)).rejects.toMatchObject({
      code: 'denied',
      hint: expect.stringContaining('environments.production.ports.alerts[0].write'),
    });
  });
});

describe('a fallback', () => {
  const withFallback = (first: string, second = '') =>
    `metrics: { use: fake, called: first${first}, fallback: { use: other, called: second${second} } }`;

  it('is not asked, and not opened, while the first answers', async () => {
    const { services } = await connect(withFallback(''));
    expect(await services()).toEqual({ data: ['first'], source: { backend: 'fake' } });
    expect(log).toEqual(['open first', 'first.services']);
  });

  it.each(['unavailable', 'timeout', 'rate_limited', 'opening'])(
    'answers for a first that is %s',
    async (fails) => {
      const { services } = await connect(withFallback(`, fails: ${fails}`));
      const found = await services();
      expect(found).toMatchObject({ data: ['second'], source: { backend: 'other' } });
      expect(found.partial).toEqual([
        { backend: 'fake', reason: expect.stringContaining('other answered instead') },
      ]);
    },
  );

  it.each(['denied', 'not_found', 'unsupported', 'invalid_input'])(
    'is not asked when the first says %s',
    async (fails) => {
      const { services } = await connect(withFallback(`, fails: ${fails}`));
      await expect(services()).rejects.toMatchObject({ code: fails });
      expect(log).not.toContain('second.services');
    },
  );

  it('that fails too leaves the error that says most', async () => {
    const { services } = await connect(withFallback(', fails: unavailable', ', fails: denied'));
    await expect(services()).rejects.toMatchObject({
      code: 'denied',
      hint: expect.stringContaining('fake (unavailable)'),
    });
  });

  it('never plans and never writes', async () => {
    const { connector } = await connect(
      'alerts: { use: fake, called: first, fails: unavailable, write: {}, fallback: { use: other, called: second } }',
    );
    const { alerts } = await connector.write({ alerts: alertsPort }, 'production', caller);
    await expect(
      alerts.planSilence({ matchers: [], minutes: 5, comment: '' }, context),
    ).rejects.toMatchObject({ code: 'unavailable' });
    await expect(
      alerts.applyChange({ change: {}, idempotencyKey: 'k', by: 'team' }, context),
    ).rejects.toMatchObject({ code: 'unavailable' });
    expect(log.filter((line) => line.startsWith('second'))).toEqual([]);
    expect(await alerts.active({}, context)).toMatchObject({ source: { backend: 'other' } });
    expect(connector.principal({ alerts: alertsPort }, 'production', 'read').principal).toBe(
      'fake:production:alerts:read,other:production:alerts:fallback',
    );
  });

  it('is counted, and the answer says when it stands in too often', async () => {
    const store = await openMemoryStore({ clock: () => new Date(0) });
    const count = countFallbacks(
      async () => store,
      () => new Date(0),
    );
    const well = await connect(withFallback(''), count);
    const ill = await connect(withFallback(', fails: unavailable'), count);
    for (let call = 0; call < 16; call += 1) await well.services();
    for (let call = 0; call < 3; call += 1) await ill.services();
    expect(await ill.services()).toMatchObject({
      hints: ['In the last hour the fallback stood in for fake in 20 % of 20 questions: fake needs repair.'],
    });
    const sum = (what: string) =>
      store.counters.sum(`fallback ${what} production metrics`, 3_600_000, new Date(0));
    expect([await sum('asked'), await sum('used')]).toEqual([20, 4]);
  });

  it('answers also when nothing can be counted', async () => {
    const { services } = await connect(withFallback(', fails: unavailable'), () =>
      Promise.reject(new Error('disk')),
    );
    expect(await services()).toMatchObject({ data: ['second'] });
  });
});

describe('settings that do not go together', () => {
  it.each([
    [
      'metrics: [{ use: fake, called: a }, { use: fake, called: b }]',
      /metrics\[1\]: fake is behind this port already/,
    ],
    [
      'metrics: { use: fake, called: a, fallback: { use: fake, called: b } }',
      /metrics\.fallback: fake is behind/,
    ],
    [
      'alerts: [{ use: fake, called: a, write: {} }, { use: other, called: b, write: {} }]',
      /alerts\[1\]\.write: one backend/,
    ],
    ['metrics: [{ use: fake, called: a }, { use: iron }]', /metrics\[1\]: unknown backend "iron"/],
    ['metrics: [{ use: fake, called: a }, { use: other, called: b, colour: red }]', /metrics\[1\]: .*colour/],
    [
      'metrics: [{ use: fake, called: a }, { called: b }]',
      /yaml:\d+: environments\.production\.ports\.metrics\[1\]\.use: /,
    ],
    [
      'changes: { use: fake, called: a, fallback: { use: other, called: b } }',
      /changes\.fallback: change requests are evidence/,
    ],
    ['metrics: []', /ports\.metrics: /],
    [
      'metrics: [{ use: fake, called: a, fallback: { use: other, called: b } }]',
      /metrics\[0\]\.fallback: backends of a list/,
    ],
    [
      'alerts: { use: fake, called: a, fallback: { use: other, called: b, write: {} } }',
      /alerts\.fallback\.write: a fallback only reads/,
    ],
  ])('stop the start: %s', async (ports, message) => {
    await expect(connect(ports)).rejects.toThrow(message);
  });
});
