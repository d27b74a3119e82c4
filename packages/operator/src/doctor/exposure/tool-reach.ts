import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { looksLikeProduction } from './production-name.js';
import { type Reach, type Surroundings, set } from './reach.js';
import { readSmallFile, readSmallJson } from './read-small-file.js';

const vendorVariables = [
  'DD_API_KEY',
  'DD_APP_KEY',
  'DATADOG_API_KEY',
  'DATADOG_APP_KEY',
  'GRAFANA_TOKEN',
  'GRAFANA_API_KEY',
  'GRAFANA_SERVICE_ACCOUNT_TOKEN',
  'GRAFANA_AUTH',
  'PAGERDUTY_TOKEN',
  'PAGERDUTY_API_KEY',
  'PAGERDUTY_USER_API_KEY',
  'NEW_RELIC_API_KEY',
  'OPSGENIE_API_KEY',
  'SENTRY_AUTH_TOKEN',
];
const deliveryVariables = ['ARGOCD_AUTH_TOKEN', 'VAULT_TOKEN', 'TFE_TOKEN', 'TF_TOKEN_app_terraform_io'];
const privateKeyLine = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** Vendors' keys, delivery tools, SSH and registries: by their names and places. */
export async function toolReach(surroundings: Surroundings): Promise<readonly Reach[]> {
  const found = await Promise.all([delivery(surroundings), ssh(surroundings), registries(surroundings)]);
  return [...inVariables(surroundings, vendorVariables, 'vendor'), ...found.flat()];
}

function inVariables(
  { variables }: Surroundings,
  names: readonly string[],
  kind: Reach['kind'],
): readonly Reach[] {
  return names
    .filter((name) => set(variables, name))
    .map((name) => reach(kind, name, 'environment', 'key or token'));
}

async function delivery(surroundings: Surroundings): Promise<readonly Reach[]> {
  const { home } = surroundings;
  const files = [
    ['Argo CD command line', path.join(home, '.config', 'argocd', 'config')],
    ['Vault command line', path.join(home, '.vault-token')],
    ['Terraform command line', path.join(home, '.terraform.d', 'credentials.tfrc.json')],
  ] as const;
  const kept = files.map(async ([name, file]) =>
    (await readSmallFile(file)) === undefined ? [] : [reach('delivery', name, file, 'token')],
  );
  return [...inVariables(surroundings, deliveryVariables, 'delivery'), ...(await Promise.all(kept)).flat()];
}

async function ssh({ home, variables }: Surroundings): Promise<readonly Reach[]> {
  const folder = path.join(home, '.ssh');
  const names = (await readdir(folder).catch(() => [])).slice(0, 200);
  const keys = await Promise.all(
    names.map(async (name) => ((await isPrivateKey(path.join(folder, name))) ? [name] : [])),
  );
  const agent = set(variables, 'SSH_AUTH_SOCK');
  return [
    ...(agent === undefined ? [] : [reach('ssh', 'SSH agent', agent, 'keys of the agent')]),
    ...keys.flat().map((name) => reach('ssh', name, path.join(folder, name), 'private key')),
  ];
}

/** Reads the first line and no more. */
async function isPrivateKey(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
      return privateKeyLine.test(buffer.toString('latin1', 0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch {
    return false;
  }
}

const dockerConfig = z.object({
  auths: z.record(z.string(), z.unknown()).catch({}),
  credHelpers: z.record(z.string(), z.unknown()).catch({}),
});

async function registries({ home, variables }: Surroundings): Promise<readonly Reach[]> {
  const folder = set(variables, 'DOCKER_CONFIG') ?? path.join(home, '.docker');
  const file = path.join(folder, 'config.json');
  const config = dockerConfig.safeParse(await readSmallJson(file)).data;
  const hosts = [...Object.keys(config?.auths ?? {}), ...Object.keys(config?.credHelpers ?? {})];
  return [...new Set(hosts)].map((host) => reach('registry', host.slice(0, 200), file, 'password or helper'));
}

function reach(kind: Reach['kind'], name: string, place: string, means: string): Reach {
  const production = looksLikeProduction(name) ? 'likely' : 'unknown';
  return { kind, name, place, means, write: 'possible', production };
}
