import type { LogsApi, MetricsApi, TracesApi } from '@devops-mcp/domain';
import { callTool, fakeLogs, fakeMetrics, fakeServices, fakeTraces } from '@devops-mcp/testing';
import { describe, expect, it } from 'vitest';
import { getErrorSummary } from '../src/tools/get-error-summary.js';
import { searchLogs } from '../src/tools/search-logs.js';
import { searchTraces } from '../src/tools/search-traces.js';
import { line, now, span } from './lines.js';

const services = fakeServices([]);
const metrics = fakeMetrics({ metrics: { silent: [] } });
const source = { backend: 'mute' };
const having = {
  logs: fakeLogs([line('11:20:00', 'connection refused', { level: 'error' })]),
  traces: fakeTraces([span('aa', null, 1_000, 900)]),
};
/** Systems that cannot tell an unknown service from a silent one. */
const mute: { readonly logs: LogsApi; readonly traces: TracesApi } = {
  logs: {
    search: async () => ({ data: { total: 0, histogram: [], excerpts: [], nextCursor: null }, source }),
    errorSummary: async () => ({ data: { total: 0, lines: 0, groups: [] }, source }),
  },
  traces: { ...having.traces, search: async () => ({ data: { total: 0, traces: [] }, source }) },
};

interface World {
  readonly logs: LogsApi;
  readonly traces: TracesApi;
  readonly metrics: MetricsApi | undefined;
}
const world: World = { ...having, metrics };
const environment = 'production';

const tools = {
  search_logs: async (service: string, { logs, metrics: of }: World) =>
    (await callTool(searchLogs, { environment, service }, { logs, services, metrics: of }, { now })).answer,
  get_error_summary: async (service: string, { logs, metrics: of }: World) => {
    const ports = { logs, services, metrics: of, deployments: undefined };
    return (await callTool(getErrorSummary, { environment, service }, ports, { now })).answer;
  },
  search_traces: async (service: string, { traces, metrics: of }: World) =>
    (await callTool(searchTraces, { environment, service }, { traces, services, metrics: of }, { now }))
      .answer,
};

describe.each(Object.entries(tools))('%s without a catalog', (_, ask) => {
  it('answers for a service that it has and for one that only metrics show', async () => {
    expect((await ask('payments-api', world)).data.total).toBe(1);
    const silent = await ask('silent', world);
    expect(silent.data.total).toBe(0);
    expect(silent.hints?.join(' ')).toContain('silent sends metrics');
  });

  it('offers the closest names that backends show', async () => {
    await expect(ask('silentt', world)).rejects.toMatchObject({
      code: 'not_found',
      details: { known: ['silent'] },
    });
    await expect(ask('silentt', { ...mute, metrics })).rejects.toMatchObject({
      details: { known: ['silent'] },
    });
  });

  it('calls no name wrong when no backend lists services', async () => {
    const { data, hints } = await ask('anything', { ...mute, metrics: undefined });
    expect(data.total).toBe(0);
    expect(hints?.join(' ')).toContain('at all in this window');
  });
});
