import { lacks, startPrometheus } from '@devops-mcp/testing';
import { generateCluster, startFakeCluster } from '@devops-mcp/testing/kubernetes';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addInitCommand } from '../../src/commands/init.js';
import { serverCommand, serverNames } from '../../src/mcp/server-bins.js';
import { type Ran, runCommand } from '../run-command.js';
import { type Household, openHousehold } from './household.js';
import { stubSystem } from './stub-systems.js';

function areBuilt(): boolean {
  try {
    return serverNames.every((name) => serverCommand(name).args.length > 0);
  } catch {
    return false;
  }
}

const built = areBuilt();
// Where all was meant to be built a skipped test would hide that it was not.
if (!built && process.env.CI) throw new Error('The servers are not built: run `npm run build` first.');
const title = `the first answer${built ? '' : ' (skipped: the servers are not built)'}`;

interface Entry {
  readonly command: string;
  readonly args: readonly string[];
}

const exported = `# TYPE http_requests_total counter
http_requests_total{code="200"} 41
http_requests_total{code="500"} 1
`;

describe.skipIf(!built || lacks('prometheus'))(title, () => {
  let house: Household;
  let ran: Ran;
  let entries: Readonly<Record<string, Entry>>;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    house = await openHousehold();
    closing.push(() => house.remove());
    const cluster = await startFakeCluster({ objects: generateCluster({ pods: 60, seed: 4 }) });
    closing.push(() => cluster.close());
    const shop = await stubSystem({ '/metrics': exported });
    closing.push(() => shop.close());
    const targets = `[{ targets: ["${new URL(shop.address).host}"] }]`;
    const prometheus = await startPrometheus({
      config: `global: { scrape_interval: 1s }\nscrape_configs: [{ job_name: checkout, static_configs: ${targets} }]\n`,
    });
    closing.push(() => prometheus.close());
    await scraped(prometheus.address);
    await house.put('.kube/config', cluster.kubeconfig());
    ran = await runCommand(
      (program) => addInitCommand(program, { usualAddresses: [] }),
      ...['init', '--yes', '--context', 'fake=production', '--client', 'cursor'],
      ...['--prometheus', `${prometheus.address}=production`],
    );
    entries = JSON.parse((await house.read('.cursor/mcp.json')) ?? '{}').mcpServers;
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  /** As the client starts it, with nothing else than what init wrote. */
  async function ask(entry: string, tool: string, input: Readonly<Record<string, unknown>>) {
    const { command = '', args = [] } = entries[entry] ?? {};
    const client = new Client({ name: 'cursor', version: '1' });
    await client.connect(new StdioClientTransport({ command, args: [...args], stderr: 'ignore' }));
    try {
      return await client.callTool({ name: tool, arguments: { environment: 'production', ...input } });
    } finally {
      await client.close();
    }
  }

  it('comes after a doctor that asked the real systems and found no failure', () => {
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('No failures');
    expect(ran.out).toMatch(/in production \(kubernetes\): The cluster fake answers/);
    expect(ran.out).toMatch(/in production \(prometheus\): The query API answers/);
  });

  it('names the workloads that are ill, without a catalog', async () => {
    const answer = await ask('devops-deployments', 'get_workload_status', {});
    expect(answer.isError).not.toBe(true);
    expect(answer.structuredContent).toMatchObject({
      data: {
        summary: expect.stringContaining('3 of 10 workloads in trouble'),
        workloads: [
          { service: 'payments-gateway' },
          { service: 'payments-cache' },
          { service: 'payments-importer' },
        ],
      },
    });
  });

  it('lists the metrics of a service that only Prometheus knows', async () => {
    const answer = await ask('devops-metrics', 'list_service_metrics', { service: 'checkout' });
    expect(answer.isError).not.toBe(true);
    expect(answer.structuredContent).toMatchObject({
      data: {
        service: 'checkout',
        metrics: expect.arrayContaining([expect.objectContaining({ name: 'http_requests_total' })]),
      },
    });
  });

  it('helps with a name that is nearly right', async () => {
    const answer = await ask('devops-metrics', 'list_service_metrics', { service: 'chekout' });
    expect(answer.isError).toBe(true);
    expect(JSON.stringify(answer.content)).toContain('checkout');
  });
});

/** Resolves when the first samples can be queried; the hook's time limit ends a wait in vain. */
async function scraped(address: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${address}/api/v1/query?query=http_requests_total`);
    if ((await answer.text()).includes('checkout')) return;
    await new Promise((next) => setTimeout(next, 200));
  }
}
