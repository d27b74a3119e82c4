import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type OpenClient, withClient } from './world/client.js';
import { type ServerName, serverNames } from './world/programs.js';
import { type Incident, incidents, type Sandbox, sharedSandbox } from './world/sandbox.js';

type Calls = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** One call of every tool that reads, as somebody who looks into the incident would make it. */
function callsOf(server: ServerName, { truth }: Sandbox): Calls {
  const service = truth.service ?? 'checkout';
  const environment = 'production';
  const period = 'last_2h';
  const calls: Readonly<Record<ServerName, Calls>> = {
    metrics: {
      get_service_metrics: { service, environment, period },
      list_service_metrics: { service, environment },
      find_anomalies: { environment, period },
      get_service_dependencies: { service, environment },
    },
    logs: {
      search_logs: { service, environment, period },
      get_error_summary: { environment, period },
      search_traces: { service, environment, period },
      get_trace: { traceId: '0'.repeat(32), environment },
      compare_traces: { environment, period },
    },
    deployments: {
      get_deployment_history: { environment },
      get_deployment_diff: { environment, service },
      get_infrastructure_state: { environment },
      get_pipeline_status: { environment, service },
      get_workload_status: { environment, service },
    },
    alerts: {
      get_active_alerts: { environment },
      get_alert_history: { environment },
      get_on_call_schedule: { service },
      find_runbooks: { service, text: 'errors after a deployment' },
      find_similar_incidents: { service, text: 'errors' },
      build_incident_timeline: { environment, service, period },
    },
    rollback: { plan_rollback: { environment, service } },
  };
  return calls[server];
}

/** What has no backend in a sandbox answers so; everything else has an answer. */
const unsupported = ['get_pipeline_status', 'get_workload_status'];

async function answers(open: OpenClient, sandbox: Sandbox, server: ServerName): Promise<void> {
  const calls = callsOf(server, sandbox);
  const served = (await open.toolNames()).filter((name) => !/^propose_|_proposals?$/.test(name));
  expect(Object.keys(calls).sort()).toEqual([...served].sort());
  for (const [tool, input] of Object.entries(calls)) {
    const reply = await open.call(tool, tool === 'get_trace' ? await someTrace(open, input) : input);
    const seen = `${tool}: ${reply.text}`;
    if (unsupported.includes(tool)) {
      expect(reply.isError, seen).toBe(true);
      expect(seen).toContain('unsupported');
      expect(seen).toContain('devops-mcp.yaml');
    } else {
      expect(reply.isError, seen).toBe(false);
      expect(reply.data, seen).toHaveProperty('data');
    }
  }
}

async function someTrace(open: OpenClient, input: object): Promise<Record<string, unknown>> {
  const found = await open.call('search_traces', { environment: 'production', period: 'last_2h' });
  const traceId = /"traceId":"([0-9a-f]{32})"/.exec(JSON.stringify(found.data))?.[1];
  return { ...input, ...(traceId === undefined ? {} : { traceId }) };
}

describe.each(incidents)('in the sandbox %s', (incident: Incident) => {
  it.each(serverNames)('%s answers each of its tools', async (server) => {
    const sandbox = await sharedSandbox(incident);
    await withClient(server, sandbox.config, {}, (open) => answers(open, sandbox, server));
  });
});

describe('resources, prompts and completions travel the same road', () => {
  it('are answered, and recorded', async () => {
    const { config, at } = await sharedSandbox('bad-deployment');
    await withClient('alerts', config, {}, async ({ client }) => {
      const active = await client.readResource({ uri: 'alert://production/active' });
      expect(JSON.stringify(active)).toContain('HighErrorRate');
      const runbook = await client.readResource({ uri: 'runbook://roll-back' });
      expect(JSON.stringify(runbook)).toContain('Roll');
      const prompt = await client.getPrompt({
        name: 'investigate_incident',
        arguments: { environment: 'production' },
      });
      expect(prompt.messages.length).toBeGreaterThan(0);
      const completed = await client.complete({
        ref: { type: 'ref/resource', uri: 'runbook://{id}' },
        argument: { name: 'id', value: 'ro' },
      });
      expect(completed.completion.values).toContain('roll-back');
      await expect(client.readResource({ uri: 'runbook://no-such' })).rejects.toThrow();
    });
    const texts = (await readdir(at('audit'))).map((name) => readFile(at('audit', name), 'utf8'));
    const log = (await Promise.all(texts)).join('');
    for (const kind of ['mcp.resource_read', 'mcp.prompt_get', 'mcp.completion']) expect(log).toContain(kind);
  });
});
