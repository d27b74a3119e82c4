import { describe, expect, it } from 'vitest';
import { type ServerName, serverNames } from './world/programs.js';
import { sharedSandbox } from './world/sandbox.js';
import { openWire } from './world/wire.js';

const reads: Readonly<Record<ServerName, { readonly name: string; readonly arguments: object }>> = {
  metrics: { name: 'list_service_metrics', arguments: { environment: 'production', service: 'checkout' } },
  logs: { name: 'get_error_summary', arguments: { environment: 'production' } },
  deployments: { name: 'get_deployment_history', arguments: { environment: 'production' } },
  alerts: { name: 'get_active_alerts', arguments: { environment: 'production' } },
  rollback: { name: 'plan_rollback', arguments: { environment: 'production', service: 'checkout' } },
};

describe.each(serverNames)('%s', (server) => {
  it('writes nothing but protocol to standard output, and ends cleanly when its input does', async () => {
    const { config } = await sharedSandbox('bad-deployment');
    const wire = openWire(server, ['--config', config]);
    await wire.request('server/discover');
    await wire.request('tools/list');
    await wire.request('tools/call', reads[server]);
    await wire.request('tools/call', { name: 'no_such_tool', arguments: {} });
    await wire.request('tools/call', { ...reads[server], arguments: { unexpected: 1 } });
    await wire.request('no/such/method');
    wire.send('this is not JSON\n{"jsonrpc":"2.0"}\n\n');
    const ended = await wire.end();
    expect(ended).toMatchObject({ code: 0, signal: null });
    const lines = ended.out.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(6);
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty('jsonrpc', '2.0');
    expect(ended.err).not.toContain('    at ');
  });

  it('ends when it is asked to by a signal', async () => {
    const { config } = await sharedSandbox('bad-deployment');
    const wire = openWire(server, ['--config', config]);
    await wire.request('tools/list');
    expect(await wire.kill('SIGTERM')).toMatchObject({ code: 0, signal: null });
  });
});
