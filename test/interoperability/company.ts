import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { alertsServer } from '@devops-mcp/alerts';
import { deploymentsServer } from '@devops-mcp/deployments';
import { logsServer } from '@devops-mcp/logs';
import { metricsServer } from '@devops-mcp/metrics';
import { rollbackServer } from '@devops-mcp/rollback';
import { pinSurfaces, surfaceOf } from '@devops-mcp/runtime';
import { createSandbox } from '@devops-mcp/sandbox';

const environment = 'production';
const definitions = {
  metrics: metricsServer,
  logs: logsServer,
  deployments: deploymentsServer,
  alerts: alertsServer,
  rollback: rollbackServer,
};

export type ServerName = keyof typeof definitions;
export const serverNames: readonly ServerName[] = ['metrics', 'logs', 'deployments', 'alerts', 'rollback'];

/** One read of each server that needs nothing but the company of the tests. */
export const reads: Readonly<
  Record<ServerName, { readonly name: string; readonly arguments: Readonly<Record<string, string>> }>
> = {
  metrics: {
    name: 'get_service_metrics',
    arguments: { environment, service: 'checkout', period: 'last_1h' },
  },
  logs: { name: 'get_error_summary', arguments: { environment, period: 'last_1h' } },
  deployments: { name: 'get_deployment_history', arguments: { environment } },
  alerts: { name: 'get_active_alerts', arguments: { environment } },
  rollback: { name: 'plan_rollback', arguments: { environment, service: 'checkout' } },
};

export interface Company {
  readonly config: string;
  remove(): Promise<void>;
}

/** A small company whose servers' surfaces are pinned, so that actions are served too. */
export async function makeCompany(): Promise<Company> {
  const directory = await mkdtemp(join(tmpdir(), 'company-'));
  await createSandbox({ directory, incident: 'bad_deployment', seed: 3, scale: 0.01 });
  await pinSurfaces(
    directory,
    serverNames.map((name) => surfaceOf(definitions[name], '0.1.0')),
  );
  return {
    config: join(directory, 'devops-mcp.yaml'),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** What `npm run build` made of a server. */
export function programOf(name: ServerName): string {
  const program = resolve(import.meta.dirname, '../../servers', name, 'dist/main.js');
  if (!existsSync(program)) throw new Error(`${program} is not there; run: npm run build`);
  return program;
}

export interface HttpServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a server on a free loopback port. */
export async function serveOverHttp(name: ServerName, config: string): Promise<HttpServer> {
  const child = spawn(process.execPath, [programOf(name), '--config', config, '--http', '127.0.0.1:0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  return {
    url: await listeningAt(child),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function listeningAt(child: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((found, reject) => {
    child.stderr?.on('data', (chunk) => {
      said += chunk;
      const url = /listening on (http:\S+)/.exec(said)?.[1];
      if (url !== undefined) found(url);
    });
    child.once('close', () => reject(new Error(`the server did not start: ${said}`)));
  });
}
