import { ToolError } from '@devops-mcp/contract';
import { callContext, worldNow } from '@devops-mcp/domain/contract-tests';
import { afterEach, describe, expect, it } from 'vitest';
import { openPorts } from './stores.js';
import { type Answered, type Asked, matrix, type StubStore, shopWith, stubStore } from './stub-store.js';

const window = { start: new Date(worldNow.getTime() - 3_600_000), end: worldNow };
const names = ['process_memory_usage_bytes'];
const opened: StubStore[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

async function storeWith(answer: (asked: Asked) => Answered | undefined): Promise<StubStore> {
  const store = await stubStore(answer);
  opened.push(store);
  return store;
}

async function memory(
  store: StubStore,
  settings: Readonly<Record<string, unknown>> = {},
  signal?: AbortSignal,
) {
  const ports = await openPorts({ address: store.address, stepSeconds: 60, ...settings });
  const query = { service: 'shop', signals: ['memory'], window, maxPoints: 60 };
  return ports.metrics.querySignals(
    query,
    signal === undefined ? callContext() : { ...callContext(), signal },
  );
}

const ranged = (answer: (asked: Asked) => Answered) =>
  shopWith(names, ['instance'], (asked) => (asked.path.endsWith('/query_range') ? answer(asked) : undefined));

describe('what Prometheus answers', () => {
  it('NaN, infinities and times without a sample are gaps', async () => {
    const given: Readonly<Record<number, string>> = { 0: '1', 1: 'NaN', 2: '+Inf', 3: '-Inf', 5: '2.5e0' };
    const store = await storeWith(ranged((asked) => matrix(asked, (index) => given[index])));
    const [series] = (await memory(store)).data.series;
    expect(series?.points.slice(0, 6).map(([, value]) => value)).toEqual([1, null, null, null, null, 2.5]);
    expect(series?.points).toHaveLength(60);
    expect(series?.points[0]?.[0]).toBe(window.start.getTime());
    expect(series?.statistics).toMatchObject({ count: 2, min: 1, max: 2.5, last: 2.5 });
  });

  it.each([
    ['warnings', { warnings: ['store 10.1.1.1: secret upstream text'] }],
    ['isPartial', { isPartial: true }],
  ])('an answer with %s is a partial one, in our words', async (_, more) => {
    const store = await storeWith(
      ranged((asked) => {
        const whole = matrix(asked, () => '7');
        return typeof whole === 'object' && 'data' in whole ? { ...whole, more } : whole;
      }),
    );
    const answer = await memory(store);
    expect(answer.partial).toEqual([
      { backend: 'prometheus', reason: expect.stringContaining('incomplete') },
    ]);
    expect(JSON.stringify(answer)).not.toContain('secret upstream text');
    expect(answer.data.series[0]?.statistics.p50).toBe(7);
  });

  it.each([
    ['no result', { data: { resultType: 'matrix' } }],
    ['no data', { status: 200, body: '{"status":"success"}' }],
    ['an error with status 200', { status: 200, body: '{"status":"error","error":"upstream"}' }],
    ['another type', { data: { resultType: 'matrix', result: [{ metric: { a: 1 }, values: 'x' }] } }],
    ['a page', { status: 200, body: '<html>upstream</html>' }],
    ['nothing', { status: 200, body: '' }],
  ] satisfies readonly (readonly [string, Answered])[])(
    '%s is a store that is not well',
    async (_, given) => {
      const store = await storeWith(ranged(() => given));
      await expect(memory(store)).rejects.toMatchObject({ name: 'ToolError', code: 'unavailable' });
    },
  );

  it.each([
    [400, 'bad_data', 'invalid parameter "query": upstream parse error', 'internal'],
    [400, 'bad_data', 'exceeded maximum resolution of 11,000 points per timeseries', 'limit_exceeded'],
    [
      422,
      'execution',
      'query processing would load too many samples into memory in query execution',
      'limit_exceeded',
    ],
    [
      422,
      'execution',
      'the query hit the maximum number of series (err-mimir-max-series-per-query)',
      'limit_exceeded',
    ],
    [422, 'execution', 'multiple matches for labels: many-to-many matching not allowed', 'internal'],
    [503, 'timeout', 'query timed out in expression evaluation', 'timeout'],
    [503, 'internal', 'no ingesters', 'unavailable'],
    [500, 'internal', 'upstream', 'unavailable'],
    [404, '', '404 page not found', 'unavailable'],
    [401, '', 'no org id', 'denied'],
    [403, '', 'forbidden', 'denied'],
    [429, '', 'slow down', 'rate_limited'],
  ])('%i %s "%s" is %s', async (status, errorType, text, code) => {
    const body = JSON.stringify({ status: 'error', errorType, error: text });
    const store = await storeWith(ranged(() => ({ status, body })));
    const error = await memory(store).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ToolError);
    expect(error).toMatchObject({ code });
    const { message, hint, details } = error as ToolError; // just asserted
    expect(JSON.stringify({ message, hint, details })).not.toContain(text);
  });

  it('stops reading when the caller cancels', async () => {
    const controller = new AbortController();
    const store = await storeWith(
      ranged(() => {
        controller.abort(new Error('cancelled by the test'));
        return 'silence';
      }),
    );
    await expect(memory(store, {}, controller.signal)).rejects.toThrow('cancelled by the test');
  });

  it('does without metadata and exemplars where the store has neither', async () => {
    const store = await storeWith(
      shopWith(
        ['http_server_request_duration_seconds_count', 'http_server_request_duration_seconds_bucket'],
        [],
        (asked) => {
          if (/metadata|exemplars/.test(asked.path)) return { status: 404, body: 'upstream' };
          return asked.path.endsWith('/query_range') ? matrix(asked, () => '3') : undefined;
        },
      ),
    );
    const { metrics } = await openPorts({ address: store.address, stepSeconds: 60 });
    const query = { service: 'shop', signals: ['request_rate'], window, maxPoints: 60 };
    expect((await metrics.querySignals(query, callContext())).data.series[0]?.statistics.p50).toBe(3);
    await expect(metrics.listMetrics({ service: 'shop', window }, callContext())).resolves.toBeDefined();
  });

  it('does not list what Prometheus writes of its own alerts as metrics of the service', async () => {
    const store = await storeWith(
      shopWith(['shop_orders_total'], [], (asked) => {
        if (!asked.path.endsWith('/query_range')) return undefined;
        const names = ['ALERTS', 'ALERTS_FOR_STATE', 'shop_orders_total'];
        const at = Number(asked.parameters.get('end'));
        const result = names.map((__name__) => ({ metric: { __name__ }, values: [[at, '2']] }));
        return { data: { resultType: 'matrix', result } };
      }),
    );
    const { metrics } = await openPorts({ address: store.address, stepSeconds: 60 });
    const { data } = await metrics.listMetrics({ service: 'shop', window }, callContext());
    expect(data.map(({ name }) => name)).toEqual(['shop_orders_total']);
  });
});

describe('what Prometheus is asked', () => {
  it.each([
    [{}, undefined, undefined],
    [{ credential: 'token\n' }, 'Bearer token', undefined],
    [
      { credential: 'reader:pass', scheme: 'basic' },
      `Basic ${Buffer.from('reader:pass').toString('base64')}`,
      undefined,
    ],
    [{ credential: 'token', tenant: 'team-a' }, 'Bearer token', 'team-a'],
  ])('with %o', async (settings, authorization, tenant) => {
    const store = await storeWith(ranged((asked) => matrix(asked, () => '1')));
    await memory(store, settings);
    for (const { headers } of store.asked) {
      expect(headers.authorization).toBe(authorization);
      expect(headers['x-scope-orgid']).toBe(tenant);
    }
    expect(store.asked.length).toBeGreaterThan(2);
  });

  it('names the tenant in another header', async () => {
    const store = await storeWith(ranged((asked) => matrix(asked, () => '1')));
    await memory(store, { tenant: 'team-a', tenantHeader: 'X-Tenant' });
    for (const { headers } of store.asked) {
      expect(headers['x-tenant']).toBe('team-a');
      expect(headers['x-scope-orgid']).toBeUndefined();
    }
  });

  it('bounds every evaluation and keeps to the configured labels', async () => {
    const store = await storeWith(ranged((asked) => matrix(asked, () => '1')));
    const answer = await memory(store, { matchers: { cluster: 'prod "1"' } });
    const evaluations = store.asked.filter(({ path }) => path.includes('/query'));
    for (const { parameters } of evaluations) {
      expect(parameters.get('timeout')).toMatch(/^\d+s$/);
      expect(Number(parameters.get('limit'))).toBeGreaterThan(0);
    }
    for (const { parameters } of store.asked)
      expect(parameters.get('query') ?? parameters.get('match[]')).toContain('cluster="prod \\"1\\""');
    expect(evaluations).toHaveLength(1);
    expect(answer.source.query).toBe(evaluations[0]?.parameters.get('query'));
    const link = new URL(answer.source.link ?? '');
    expect(link.origin).toBe(store.address);
    expect(link.pathname).toBe('/graph');
    expect(Object.fromEntries(link.searchParams)).toMatchObject({
      'g0.expr': answer.source.query,
      'g0.range_input': '3600s',
      'g0.end_input': '2026-03-10 12:00:00',
    });
  });

  it('below a path prefix, and asks long queries in a body', async () => {
    const many = Array.from({ length: 80 }, (_, at) => `a_service_with_a_long_name_of_its_own_${at}`);
    const store = await storeWith(
      shopWith(
        ['http_server_request_duration_seconds_count'],
        ['http_response_status_code', 'instance'],
        (asked) => {
          if (asked.path === '/prom/api/v1/query' && asked.parameters.get('query')?.startsWith('group'))
            return asked.parameters.get('query')?.includes('service_name!=""')
              ? { data: { resultType: 'vector', result: many.map((name) => present(name)) } }
              : undefined;
          return undefined;
        },
      ),
    );
    const { metrics } = await openPorts({ address: `${store.address}/prom/` });
    const answer = await metrics.findAnomalies({ window, top: 5 }, callContext());
    expect(answer.data.examined.services).toBe(80);
    expect(store.asked.every(({ path }) => path.startsWith('/prom/api/v1/'))).toBe(true);
    const posted = store.asked.filter(({ method }) => method === 'POST');
    expect(posted.length).toBeGreaterThan(0);
    expect(posted.every(({ parameters }) => parameters.has('query') || parameters.has('match[]'))).toBe(true);
  });

  it('for native histograms without their buckets', async () => {
    const store = await storeWith(
      shopWith(
        ['http_server_request_duration_seconds'],
        ['http_response_status_code', 'instance'],
        (asked) => (asked.path.endsWith('/query_range') ? matrix(asked, () => '0.5') : undefined),
      ),
    );
    const { metrics } = await openPorts({ address: store.address, stepSeconds: 15 });
    const signals = ['request_rate', 'error_rate', 'latency_p95'];
    const answer = await metrics.querySignals(
      { service: 'shop', signals, window, maxPoints: 60 },
      callContext(),
    );
    expect(answer.data.series.map(({ signal }) => signal)).toEqual(signals);
    const asked = store.asked.flatMap(({ path, parameters }) =>
      path.endsWith('/query_range') ? [parameters.get('query')] : [],
    );
    const series = 'http_server_request_duration_seconds{service_name="shop"}';
    expect(asked[0]).toBe(`sum (histogram_count(rate(${series}[60s])))`);
    expect(asked[1]).toContain('http_response_status_code=~"5.."');
    expect(asked[2]).toBe(`histogram_quantile(0.95, sum (rate(${series}[60s])))`);
  });

  it('says which conventions were tried', async () => {
    const store = await storeWith(shopWith(['something_else'], []));
    const answer = await memory(store, { conventions: ['opentelemetry'] });
    expect(answer.data.missing[0]?.signal).toBe('memory');
    expect(answer.data.missing[0]?.tried.join()).toContain('opentelemetry: process_memory_usage_bytes');
    expect(answer.data.missing[0]?.tried.join()).not.toContain('process_resident_memory_bytes');
  });

  it('by the labels that the configuration names', async () => {
    const store = await storeWith((asked) => {
      const match = asked.parameters.get('match[]') ?? '';
      if (asked.path.endsWith('/label/__name__/values'))
        return { data: match.includes('team_service="shop"') ? names : [] };
      return asked.path.endsWith('/query_range') ? matrix(asked, () => '1', { node: 'n1' }) : undefined;
    });
    const labels = { service: 'team_service', instance: 'node' };
    const { metrics } = await openPorts({ address: store.address, stepSeconds: 60, labels });
    const query = {
      service: 'shop',
      signals: ['memory'],
      window,
      maxPoints: 60,
      groupBy: 'instance',
    } as const;
    const answer = await metrics.querySignals(query, callContext());
    expect(answer.data.series[0]?.group).toEqual({ instance: 'n1' });
    expect(answer.source.query).toBe(
      'avg by (node) (sum by (node) (last_over_time(process_memory_usage_bytes{team_service="shop"}[66s])))',
    );
  });

  it('refuses addresses that carry a secret', async () => {
    for (const address of [
      'https://user:pass@example.com',
      'https://example.com/?token=x',
      'ftp://example.com',
      'x',
    ])
      await expect(openPorts({ address })).rejects.toThrow('http or https');
  });
});

function present(name: string): unknown {
  const metric = { service_name: name, __name__: 'http_server_request_duration_seconds_count' };
  return { metric, value: [worldNow.getTime() / 1_000, '1'] };
}
