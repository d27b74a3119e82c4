import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  createBlocks,
  lacks,
  openMetricsOfFolder,
  startPrometheus,
  startVictoriaMetrics,
} from '@devops-mcp/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mustRun } from './world/programs.js';
import { copyOfSandbox, type Sandbox } from './world/sandbox.js';

interface Store {
  readonly address: string;
  close(): Promise<void>;
}

const stores: readonly (readonly [string, boolean, (telemetry: string) => Promise<Store>])[] = [
  ['Prometheus', lacks('prometheus', 'promtool'), replayIntoPrometheus],
  ['VictoriaMetrics', lacks('victoria-metrics'), replayIntoVictoriaMetrics],
];

async function replayIntoPrometheus(telemetry: string): Promise<Store> {
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'devops-mcp-blocks-'));
  await createBlocks(await openMetricsOfFolder(telemetry), dataFolder);
  const server = await startPrometheus({ dataFolder });
  return {
    address: server.address,
    close: async () => {
      await server.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

async function replayIntoVictoriaMetrics(telemetry: string): Promise<Store> {
  const server = await startVictoriaMetrics();
  await server.importOpenMetrics(await openMetricsOfFolder(telemetry));
  return server;
}

interface Brief {
  readonly verdict: string;
  readonly suspects: readonly { readonly service: string; readonly kind: string }[];
  readonly unreachable: readonly { readonly server: string }[];
}

async function brief(...args: readonly string[]): Promise<Brief> {
  return JSON.parse(await mustRun('brief', ...args, '--format', 'json'));
}

describe.each(stores)('what %s keeps is investigated like files', (_, absent, replay) => {
  describe.skipIf(absent)('with its metrics replayed', () => {
    let sandbox: Sandbox;
    let store: Store;
    beforeAll(async () => {
      sandbox = await copyOfSandbox('bad-deployment', 'shared');
      store = await replay(sandbox.at('telemetry'));
      await sandbox.edit('devops-mcp.yaml', (text) =>
        text.replace(
          /metrics: \{ use: otlp[^}]*\}/g,
          `metrics: { use: prometheus, address: ${store.address} }`,
        ),
      );
    }, 120_000);
    afterAll(async () => {
      await store.close();
      await sandbox.remove();
    });

    it('finds the bad deployment of a sandbox', { timeout: 120_000 }, async () => {
      const found = await brief('--config', sandbox.config, '--at', sandbox.truth.at);
      expect(found.unreachable).toEqual([]);
      expect(found.suspects[0]).toMatchObject({ service: sandbox.truth.service, kind: 'bad_deployment' });
    });
  });
});

describe.each(stores)('a real incident that %s keeps is investigated like files', (_, absent, replay) => {
  // One fault of 2022-08-22 in a running Online Boutique, metrics alone, recorded once a minute.
  // Source: IntelligentDDS/Nezha (MIT), FSE 2023.
  describe.skipIf(absent)('with the metrics of a real incident', () => {
    let folder: string;
    let store: Store;
    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'devops-mcp-incident-'));
      const telemetry = path.join(folder, 'telemetry');
      await mkdir(telemetry);
      await cp(path.join(import.meta.dirname, 'fixtures/online-boutique-0701'), telemetry, {
        recursive: true,
      });
      store = await replay(telemetry);
      await writeFile(
        path.join(folder, 'devops-mcp.yaml'),
        [
          'version: 1',
          'state: { path: ./state }',
          'audit: { path: ./audit }',
          'environments:',
          `  production: { class: production, ports: { metrics: { use: prometheus, address: "${store.address}" } } }`,
          '',
        ].join('\n'),
      );
    }, 60_000);
    afterAll(async () => {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    });

    it('finds the service whose processor was taken', { timeout: 60_000 }, async () => {
      const config = path.join(folder, 'devops-mcp.yaml');
      const found = await brief('--config', config, '--at', '2022-08-22T07:04:55Z');
      expect(found.verdict).toBe('fault');
      expect(found.suspects[0]).toMatchObject({ service: 'recommendationservice', kind: 'cpu_contention' });
    });
  });
});
