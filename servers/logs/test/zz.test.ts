import { it } from 'vitest';
import { mkdtempSync, writeFileSync, existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createRequire } from 'node:module';
import { createSandbox } from '/work/main/packages/sandbox/src/index.js';
import { backends } from '/work/main/packages/backends/src/index.js';
import { logsServer } from '../src/server.js';
import { metricsServer } from '../../metrics/src/server.js';
import * as catalogPkg from '/work/main/packages/catalog/src/index.js';
it('e2e', async () => {
  const { countTokens } = createRequire('/work/main/test/package.json')('gpt-tokenizer/cjs/encoding/o200k_base');
  const kind = process.env.KIND ?? 'bad-deployment';
  const dir = process.env.DIR ?? mkdtempSync(join(tmpdir(), 'look-'));
  const now = new Date('2026-05-04T12:00:00Z');
  if (!existsSync(join(dir, 'truth.json'))) await createSandbox({ directory: dir, incident: kind as any, seed: 3, scale: 0.15, now });
  console.log(dir, readFileSync(join(dir, 'truth.json'), 'utf8').slice(0, 900));
  const services = { list: () => [], get: () => undefined, closest: () => [], dependents: () => [], limits: () => undefined };
  const mapping = { telemetryName: (s: string) => s, serviceOf: (s: string) => s, setting: (s: string, p: string) => p === 'gitops.path' ? `services/${s}` : undefined, services: () => [] };
  let cat: any = services;
  const lease = { renew: async () => true, release: async () => {} };
  const base = { environment: { name: 'production', class: 'production' }, resolvePath: (p: string) => resolve(dir, p), stateDir: join(dir, 'state', 'x'), services: mapping, leases: { acquire: async () => lease }, clock: () => now, warn: console.error } as any;
  const loaded = await catalogPkg.loadCatalog({ paths: [join(dir, 'catalog')] }); cat = loaded.services; (base as any).services = loaded.mapping;
  const open = async (name: string, port: string, config: any) => { const b = await (backends as any)[name](); const impl = b.ports.find((p: any) => p.port.name === port); return impl.open({ ...base, config: b.config.parse(config) }); };
  const ports: any = { services: cat };
  for (const p of ['metrics', 'dependencies', 'logs', 'traces']) ports[p] = await open('otlp', p, { path: './telemetry' });
  try { ports.deployments = await open('gitops', 'deployments', { path: './gitops/production.git' }); } catch (e) { console.error('gitops', e); }
  try { ports.alerts = await open('alert-log', 'alerts', { path: './alerts/webhook.ndjson' }); } catch (e) { console.error('alerts', e); }
  const truth = JSON.parse(readFileSync(join(dir, 'truth.json'), 'utf8'));
  const E = { environment: 'production' };
  const calls: [string, any][] = [
    ['find_anomalies', { ...E }], ['get_service_metrics', { ...E, service: truth.service, compareTo: 'deployment' }], ['list_service_metrics', { ...E, service: truth.service }],
    ['get_service_dependencies', { ...E, service: truth.service, depth: 2 }], ['get_error_summary', { ...E }], ['search_logs', { ...E, service: truth.service, severity: 'error', before: 2, after: 1, limit: 5 }],
    ['search_traces', { ...E, onlyErrors: true, limit: 5 }], ['compare_traces', { ...E }], ['get_service_metrics', { ...E, service: truth.service + 'x' }], ['search_logs', { ...E, service: truth.service + 'x' }], ['get_service_metrics', { ...E, service: truth.service, groupBy: 'instance', signals: ['memory', 'cpu'] }],
  ];
  let out = '';
  const run = async (name: string, input: any) => {
    const tool: any = [...metricsServer.tools, ...logsServer.tools].find((t) => t.name === name);
    const t0 = Date.now();
    try {
      const given = await tool.run({ input: tool.input.parse(input), ports, now, signal: new AbortController().signal, progress: () => {} });
      const answer = tool.output.parse(JSON.parse(JSON.stringify(given)));
      if (process.env.DUMP) (globalThis as any).dump = [...((globalThis as any).dump ?? []), JSON.stringify(answer)]; 
      const text = tool.render(answer);
      out += `\n##### ${name} ${JSON.stringify(input)}  ${Date.now() - t0} ms, json ${countTokens(JSON.stringify(answer))}, text ${countTokens(text)}\n${text}\n`;
      return answer;
    } catch (e: any) { out += `\n##### ${name} ${JSON.stringify(input)} FAILED ${e.code} ${e.message} | ${e.hint} | ${e.cause ?? ''} ${e.code ? '' : e.stack}\n`; }
  };
  for (const [n, i] of calls) { const a: any = await run(n, i); if (n === 'search_traces' && a?.data.traces[0]) await run('get_trace', { ...E, traceId: a.data.traces[0].traceId }); }
  writeFileSync('/tmp/e2e.txt', out); writeFileSync('/tmp/dump.json', JSON.stringify((globalThis as any).dump ?? []));
}, 300000);
