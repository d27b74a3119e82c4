import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import {
  createBlocks,
  lacks,
  type ServerProcess,
  startAlertmanager,
  startNodeExporter,
  startPrometheus,
  startVictoriaMetrics,
} from '../../src/index.js';

const history = [
  '# TYPE requests counter',
  'requests_total{service="shop"} 10 1700000000',
  'requests_total{service="shop"} 25 1700000060 # {trace_id="ab"} 1 1700000059',
  '# EOF',
  '',
].join('\n');

const started: ServerProcess[] = [];
const kept = <S extends ServerProcess>(server: S): S => {
  started.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()));
});

// biome-ignore lint/suspicious/noExplicitAny: an assertion follows on what is read
const json = async (url: string): Promise<any> => (await fetch(url)).json();

async function valueAt(server: ServerProcess, query: string, time: number): Promise<unknown> {
  const url = `${server.address}/api/v1/query?${new URLSearchParams({ query, time: String(time) })}`;
  return (await json(url)).data.result[0]?.value[1];
}

describe.skipIf(lacks('prometheus', 'promtool'))('a real Prometheus', () => {
  const folders: string[] = [];
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

  test('answers from replayed history', async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'blocks-'));
    folders.push(dataFolder);
    await createBlocks(history, dataFolder);
    const server = kept(await startPrometheus({ dataFolder }));
    expect(await valueAt(server, 'requests_total', 1700000070)).toBe('25');
    expect(await valueAt(server, 'requests_total', 1700000010)).toBe('10');
  });

  test('says why it does not start', async () => {
    await expect(startPrometheus({ config: 'nonsense: true\n' })).rejects.toThrow(/field nonsense not found/);
  });

  test('ends and takes its folder along', async () => {
    const server = await startPrometheus();
    await server.close();
    await server.close();
    expect(existsSync(server.folder)).toBe(false);
    expect(() => process.kill(server.pid, 0)).toThrow();
  });
});

describe.skipIf(lacks('promtool'))('promtool', () => {
  test('says what is wrong with a text', async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'blocks-'));
    await expect(createBlocks('a{ 1 2\n', dataFolder)).rejects.toThrow(/promtool/);
    await rm(dataFolder, { recursive: true });
  });
});

describe.skipIf(lacks('victoria-metrics'))('a real VictoriaMetrics', () => {
  test('answers with what was just imported', async () => {
    const server = kept(await startVictoriaMetrics());
    await server.importOpenMetrics(history);
    expect(await valueAt(server, 'requests_total', 1700000070)).toBe('25');
    const now = Math.floor(Date.now() / 1000);
    await server.importOpenMetrics(`up{job="a } \\\\ b"} 1 ${now}\nplain 7 ${now}\n# EOF\n`);
    expect(await valueAt(server, 'up', now)).toBe('1');
    expect(await valueAt(server, 'plain', now)).toBe('7');
  });
});

describe.skipIf(lacks('alertmanager'))('a real Alertmanager', () => {
  test('is alone and takes no part in a cluster', async () => {
    const server = kept(await startAlertmanager());
    const status = await json(`${server.address}/api/v2/status`);
    expect(status.cluster.status).toBe('disabled');
    expect(status.config.original).toContain('nobody');
  });
});

describe.skipIf(lacks('node-exporter'))('a real node exporter', () => {
  test('shows this machine and what it is told', async () => {
    const server = kept(await startNodeExporter());
    await server.showMetrics('# TYPE orders_waiting gauge\norders_waiting{service="shop"} 12\n');
    const text = await (await fetch(`${server.address}/metrics`)).text();
    expect(text).toContain('node_load1 ');
    expect(text).toContain('orders_waiting{service="shop"} 12');
  });
});
