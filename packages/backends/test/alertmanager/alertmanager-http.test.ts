import { afterEach, describe, expect, test } from 'vitest';
import { alertmanagerBackend } from '../../src/alertmanager/alertmanager-backend.js';
import { type FakeAnswer, firingAlert, type SeenRequest, startFake } from './fake-alertmanager.js';
import { callNow, contextOf, openAlerts } from './open-alerts.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function fake(answer: (request: SeenRequest) => FakeAnswer) {
  const server = await startFake(answer);
  closing.push(server.close);
  return server;
}

const matchers = [{ name: 'alertname', value: 'HighErrorRate', isRegex: false, isEqual: true }];
const noSeries = { status: 'success', data: { resultType: 'matrix', result: [] } };

function answersTo(method: string, path: string): unknown {
  const vector = { status: 'success', data: { resultType: 'vector', result: [] } };
  const answers: Readonly<Record<string, unknown>> = {
    '/api/v2/alerts': [firingAlert],
    '/api/v2/silences': method === 'POST' ? { silenceID: 'one' } : [],
    '/api/v2/status': { versionInfo: { version: '0.25.0' }, cluster: { status: 'ready', peers: [{}] } },
    '/api/v1/query': vector,
    '/api/v1/query_range': noSeries,
    '/api/v1/rules': { status: 'success', data: { groups: [] } },
  };
  return answers[path];
}

/** Keeps silences as Alertmanager does; `created` says how it answers a new one. */
async function keeper(created: (id: string) => FakeAnswer) {
  const silences: Record<string, unknown>[] = [];
  const server = await fake(({ method, url, body }) => {
    if (url.pathname === '/api/v2/silences' && method === 'POST') {
      const id = `silence-${silences.length + 1}`;
      const updatedAt = new Date().toISOString();
      silences.push({ ...JSON.parse(body), id, updatedAt, status: { state: 'active' } });
      return created(id);
    }
    if (url.pathname === '/api/v2/silences') return { body: silences };
    const silencedBy = silences.map(({ id }) => id);
    return { body: [{ ...firingAlert, status: { ...firingAlert.status, silencedBy } }] };
  });
  const alerts = await openAlerts({ address: server.address });
  const { change } = await alerts.planSilence({ matchers, minutes: 10, comment: 'known' }, callNow());
  return { silences, alerts, command: { change, idempotencyKey: 'key', by: 'user:default/oncall' } };
}

describe('how the systems are asked', () => {
  test('each with its own credential, tenant and path', async () => {
    const server = await fake(({ url, method }) => {
      if (url.pathname.includes('/prom/')) return { body: noSeries };
      if (method === 'POST') return { body: { silenceID: 'one' } };
      return { body: url.pathname.endsWith('/alerts') ? [firingAlert] : [] };
    });
    const alerts = await openAlerts({
      address: `${server.address}/alertmanager/`,
      credential: 'reader',
      tenant: 'shop',
      write: { credential: 'maker:secret', scheme: 'basic' },
      history: {
        address: `${server.address}/prom`,
        credential: 'h',
        tenant: 'old',
        tenantHeader: 'X-Tenant',
      },
    });
    const plan = await alerts.planSilence({ matchers, minutes: 10, comment: 'known' }, callNow());
    await alerts.applyChange({ change: plan.change, idempotencyKey: 'k', by: 'a' }, callNow());
    const window = { start: new Date(Date.now() - 60_000), end: new Date() };
    await alerts.transitions({ window }, callNow());
    const shown = server.seen.map(({ method, url, headers }) =>
      [method, url.pathname, headers.authorization, headers['x-scope-orgid'] ?? headers['x-tenant']].join(
        ' ',
      ),
    );
    expect(new Set(shown)).toEqual(
      new Set([
        'GET /alertmanager/api/v2/alerts Bearer reader shop',
        'GET /alertmanager/api/v2/silences Bearer reader shop',
        `POST /alertmanager/api/v2/silences Basic ${Buffer.from('maker:secret').toString('base64')} shop`,
        'GET /prom/api/v1/query_range Bearer h old',
      ]),
    );
  });

  test('for no more than the rules of the page about it let through', async () => {
    const allowed = new Set([
      'Bearer reader GET /api/v2/alerts',
      'Bearer reader GET /api/v2/silences',
      'Bearer reader GET /api/v2/status',
      'Bearer silencer POST /api/v2/silences',
      'Bearer historian GET /api/v1/query',
      'Bearer historian GET /api/v1/query_range',
      'Bearer historian GET /api/v1/rules',
    ]);
    const used = new Set<string>();
    const server = await fake(({ method, url, headers }) => {
      const request = `${headers.authorization} ${method} ${url.pathname}`;
      used.add(request);
      if (!allowed.has(request)) return { status: 403, body: 'no' };
      return { body: answersTo(method, url.pathname) };
    });
    const settings = {
      address: server.address,
      credential: 'reader',
      write: { credential: 'silencer' },
      history: { address: server.address, credential: 'historian' },
    };
    const alerts = await openAlerts(settings);
    const window = { start: new Date(Date.now() - 60_000), end: new Date() };
    await alerts.active({}, callNow());
    await alerts.active({ at: window.start }, callNow());
    await alerts.transitions({ window }, callNow());
    await alerts.silences({}, callNow());
    const plan = await alerts.planSilence({ matchers, minutes: 10, comment: 'known' }, callNow());
    await alerts.applyChange({ change: plan.change, idempotencyKey: 'k', by: 'a' }, callNow());
    await alertmanagerBackend.ports[0]?.examine?.(contextOf(settings), callNow().signal);
    expect(used).toEqual(allowed);
  });

  test('with what is wanted as escaped filters, silenced and inhibited alerts included', async () => {
    const server = await fake(() => ({ body: [] }));
    const alerts = await openAlerts({ address: server.address, match: { team: 'a "b" \\ c' } });
    await alerts.planSilence({ matchers, minutes: 10, comment: '' }, callNow());
    const query = server.seen[0]?.url.searchParams;
    expect(query?.getAll('filter')).toEqual(['team="a \\"b\\" \\\\ c"', 'alertname="HighErrorRate"']);
    expect([query?.get('silenced'), query?.get('inhibited')]).toEqual(['true', 'true']);
  });

  test('an alert of the history is asked for by its name and the labels of this environment', async () => {
    const server = await fake(() => ({ body: noSeries }));
    const alerts = await openAlerts({
      address: server.address,
      match: { env: 'prod', cluster: 'eu' },
      history: { address: server.address, externalLabels: { cluster: 'eu' } },
    });
    const window = { start: new Date(Date.now() - 60_000), end: new Date() };
    await alerts.transitions({ window, name: 'A"B' }, callNow());
    expect(server.seen[0]?.url.searchParams.get('query')).toContain(
      'ALERTS{alertstate="firing",alertname="A\\"B",env="prod"}',
    );
  });
});

describe('answers that are no answers', () => {
  const cases: readonly (readonly [string, FakeAnswer, string])[] = [
    ['a page of something before it', { body: '<html>sign in</html>' }, 'unavailable'],
    ['another document', { body: { status: 'success' } }, 'unavailable'],
    ['null', { body: 'null' }, 'unavailable'],
    ['a failure', { status: 500, body: 'secret inner words' }, 'unavailable'],
    ['a refusal', { status: 403, body: 'secret inner words' }, 'denied'],
    ['a wrong path', { status: 404, body: 'nothing' }, 'not_found'],
  ];
  test.each(cases)('%s', async (_name, answer, code) => {
    const server = await fake(() => answer);
    const alerts = await openAlerts({ address: server.address, history: { address: server.address } });
    const window = { start: new Date(Date.now() - 60_000), end: new Date() };
    for (const asking of [
      () => alerts.active({}, callNow()),
      () => alerts.silences({}, callNow()),
      () => alerts.transitions({ window }, callNow()),
    ]) {
      const error: unknown = await asking().then(
        () => undefined,
        (rejected: unknown) => rejected,
      );
      expect(error).toMatchObject({ name: 'ToolError', code });
      expect(`${error}`).not.toContain('secret inner words');
    }
  });

  test('an Alertmanager that is down takes what it adds to the past, and not the history', async () => {
    const prometheus = await fake(() => ({ body: noSeries }));
    const down = await fake(() => ({ status: 502, body: 'secret inner words' }));
    const settings = { address: down.address, history: { address: prometheus.address } };
    const alerts = await openAlerts(settings);
    const before = new Date(Date.now() - 60_000);
    const past = await alerts.active({ at: before }, callNow());
    expect(past.data).toEqual([]);
    expect(past.partial).toEqual([
      { backend: 'alertmanager', reason: expect.stringContaining('silences are missing') },
    ]);
    expect(JSON.stringify(past)).not.toContain('secret inner words');
    const alone = await openAlerts({ address: down.address });
    await expect(alone.active({ at: before }, callNow())).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('a history that is asked for too much says so', async () => {
    const body = {
      status: 'error',
      errorType: 'execution',
      error: 'query processing would load too many samples',
    };
    const server = await fake(({ url }) =>
      url.pathname.startsWith('/api/v1/') ? { status: 422, body } : { body: [] },
    );
    const alerts = await openAlerts({ address: server.address, history: { address: server.address } });
    const window = { start: new Date(Date.now() - 60_000), end: new Date() };
    await expect(alerts.transitions({ window }, callNow())).rejects.toMatchObject({ code: 'limit_exceeded' });
  });

  test('one alert that cannot be read does not hide the others', async () => {
    const server = await fake(() => ({ body: [firingAlert, { labels: 7 }, null] }));
    const { data, hints } = await (await openAlerts({ address: server.address })).active({}, callNow());
    expect(data.map(({ name }) => name)).toEqual(['HighErrorRate']);
    expect(hints).toEqual(['2 alerts could not be read.']);
  });

  test('more alerts than an answer holds are cut, and that is said', async () => {
    const many = Array.from({ length: 1200 }, (_, at) => ({ ...firingAlert, fingerprint: at.toString(16) }));
    const server = await fake(() => ({ body: many }));
    const { data, truncation } = await (await openAlerts({ address: server.address })).active({}, callNow());
    expect(data).toHaveLength(1000);
    expect(truncation).toMatchObject({ returned: 1000, total: 1200, more: true });
  });

  test('a file that is not there names its setting', async () => {
    const opening = openAlerts({ address: 'http://127.0.0.1:9', caFile: 'missing.pem' });
    await expect(opening).rejects.toMatchObject({ hint: expect.stringContaining('caFile') });
  });

  test('without the rules a past alert counts from the start of its condition, and that is said', async () => {
    const series = { metric: { alertname: 'A', service: 'orders' }, value: [1_700_000_000, '1699999000'] };
    const vector = (result: unknown) => ({
      body: { status: 'success', data: { resultType: 'vector', result } },
    });
    const server = await fake(({ url }) => {
      if (url.pathname === '/api/v1/rules') return { status: 404, body: 'no rules here' };
      if (url.pathname === '/api/v1/query') return vector([series]);
      return { body: [] };
    });
    const alerts = await openAlerts({ address: server.address, history: { address: server.address } });
    const { data, hints } = await alerts.active({ at: new Date(1_700_000_000_000) }, callNow());
    expect(data).toMatchObject([{ name: 'A', since: new Date(1_699_999_000_000), value: null }]);
    expect(hints?.join(' ')).toContain('the rules');
  });
});

describe('one silence for each key', () => {
  test('a lost answer is not asked for again, and the next attempt finds what was made', async () => {
    let answers = 0;
    const { silences, alerts, command } = await keeper((id) => {
      answers += 1;
      return answers === 1 ? 'reset' : { body: { silenceID: id } };
    });
    await expect(alerts.applyChange(command, callNow())).rejects.toMatchObject({ code: 'unavailable' });
    expect(silences).toHaveLength(1);
    const outcome = await alerts.applyChange(command, callNow());
    expect(outcome).toMatchObject({ verified: true, artifactRef: 'silence:silence-1' });
    expect(silences).toHaveLength(1);
  });

  test('an overloaded Alertmanager is not asked twice to write', async () => {
    const { silences, alerts, command } = await keeper(() => ({ status: 503, body: 'busy' }));
    await expect(alerts.applyChange(command, callNow())).rejects.toMatchObject({ code: 'unavailable' });
    expect(silences).toHaveLength(1);
  });

  test('two attempts at once make one', async () => {
    const { silences, alerts, command } = await keeper((id) => ({ body: { silenceID: id } }));
    const outcomes = await Promise.all([1, 2].map(() => alerts.applyChange(command, callNow())));
    expect(outcomes.map(({ verified }) => verified)).toEqual([true, true]);
    expect(silences).toHaveLength(1);
  });

  test('another change than a silence is refused', async () => {
    const { alerts } = await keeper((id) => ({ body: { silenceID: id } }));
    const change = { kind: 'acknowledge', fingerprint: 'a' };
    await expect(
      alerts.applyChange({ change, idempotencyKey: 'k', by: 'a' }, callNow()),
    ).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('a cancelled call stops reading', async () => {
    const aborting = new AbortController();
    const server = await fake(() => {
      aborting.abort(new Error('cancelled'));
      return { body: [] };
    });
    const alerts = await openAlerts({ address: server.address });
    const call = { ...callNow(), signal: aborting.signal };
    await expect(alerts.active({}, call)).rejects.toThrow('cancelled');
    expect(server.seen).toHaveLength(1);
  });
});

describe('how far its write credential reaches', () => {
  const reach = (settings: Record<string, unknown>) =>
    alertmanagerBackend.ports[0]?.reach?.(contextOf({ address: 'http://127.0.0.1:9', ...settings }));

  test('silences, which are tier 2; a tenant of a Mimir can replace the configuration too', async () => {
    expect(await reach({ write: { credential: 'a' } })).toBe(2);
    expect(await reach({ write: { credential: 'a' }, tenant: 'shop' })).toBe(3);
  });
});
