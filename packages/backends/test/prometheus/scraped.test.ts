import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { callContext } from '@devops-mcp/domain/contract-tests';
import { lacks, type ServerProcess, startPrometheus } from '@devops-mcp/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prometheusBackend } from '../../src/prometheus/prometheus-backend.js';
import { contextFor, openPorts } from './stores.js';

const failedTrace = '0af7651916cd43dd8448eb211c80319c';
const slowTrace = 'b7ad6b7169203331b7ad6b7169203331';
const untilMs = 20_000;

/** A target whose histogram has an example of a failed request and one of a slow one. */
async function target(): Promise<{ readonly server: Server; readonly port: number }> {
  let scrapes = 0;
  const server = createServer((_, response) => {
    scrapes += 1;
    response.setHeader('content-type', 'application/openmetrics-text; version=1.0.0; charset=utf-8');
    const series = (status: number, example: string, seconds: number) =>
      [
        `http_server_request_duration_seconds_bucket{http_response_status_code="${status}",le="1.0"} ${scrapes}`,
        `http_server_request_duration_seconds_bucket{http_response_status_code="${status}",le="+Inf"} ${scrapes} # {trace_id="${example}"} ${seconds}`,
        `http_server_request_duration_seconds_count{http_response_status_code="${status}"} ${scrapes}`,
        `http_server_request_duration_seconds_sum{http_response_status_code="${status}"} ${scrapes * 0.2}`,
      ].join('\n');
    response.end(
      [
        '# HELP http_server_request_duration_seconds Time of requests.',
        '# TYPE http_server_request_duration_seconds histogram',
        '# UNIT http_server_request_duration_seconds seconds',
        series(200, slowTrace, 9),
        series(500, failedTrace, 2),
        '# EOF\n',
      ].join('\n'),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return { server, port: address.port };
}

describe.skipIf(lacks('prometheus'))('a Prometheus that scrapes', () => {
  let scraped: Server | undefined;
  let prometheus: ServerProcess | undefined;
  beforeAll(async () => {
    const { server, port } = await target();
    scraped = server;
    const config = [
      'global: { scrape_interval: 1s }',
      'scrape_configs:',
      '  - job_name: shop',
      `    static_configs: [{ targets: ['127.0.0.1:${port}'] }]`,
    ].join('\n');
    prometheus = await startPrometheus({ config, args: ['--enable-feature=exemplar-storage'] });
  }, 60_000);
  afterAll(async () => {
    await prometheus?.close();
    scraped?.closeAllConnections();
    scraped?.close();
  });
  const address = () => prometheus?.address ?? '';
  const period = () => ({ start: new Date(Date.now() - 60_000), end: new Date() });

  it('gives trace ids of example requests, those that failed first', async () => {
    const { metrics } = await openPorts({ address: address(), stepSeconds: 1 });
    const ask = async () => {
      const query = { service: 'shop', signals: ['error_rate'], window: period(), maxPoints: 60 };
      // Before the first scrape the service is unknown.
      return metrics.querySignals(query, { ...callContext(), now: new Date() }).catch(() => undefined);
    };
    const until = Date.now() + untilMs;
    let answer = await ask();
    while (answer?.data.series[0] === undefined && Date.now() < until) {
      await sleep(500);
      answer = await ask();
    }
    const [series] = answer?.data.series ?? [];
    expect(series?.exemplarTraceIds).toEqual([failedTrace, slowTrace]);
    expect(series?.statistics.last).toBeCloseTo(0.5, 3);
  }, 40_000);

  it('tells type and unit as the target told them', async () => {
    const { metrics } = await openPorts({ address: address() });
    const context = { ...callContext(), now: new Date() };
    const answer = await metrics.listMetrics({ service: 'shop', window: period() }, context);
    const [found] = answer.data.filter(({ name }) => name.startsWith('http'));
    expect(found).toMatchObject({
      name: 'http_server_request_duration_seconds',
      kind: 'histogram',
      temporality: 'cumulative',
      series: 8,
    });
    expect(found?.unit).toMatch(/^s(econds)?$/);
    expect(found?.attributes).toEqual(['http_response_status_code', 'instance', 'job', 'le']);
  }, 40_000);

  it('is found well by doctor', async () => {
    const context = contextFor({ address: address() });
    const findings = await Promise.all(
      prometheusBackend.ports.map((port) => port.examine?.(context, new AbortController().signal)),
    );
    const [metrics = [], dependencies = []] = findings;
    expect(metrics.map(({ topic, level }) => `${topic} ${level}`)).toEqual([
      'reachability ok',
      'credential ok',
      'clock ok',
      'data ok',
      'data ok',
    ]);
    const said = metrics.map(({ message }) => message).join(' ');
    expect(said).toMatch(/version \d/);
    expect(said).toContain('Services in the last 15 minutes: 1; conventions: opentelemetry');
    expect(said).toContain('Samples are kept for 20y');
    expect(dependencies.at(-1)).toMatchObject({ topic: 'data', level: 'warning' });
  });
});
