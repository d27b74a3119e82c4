import path from 'node:path';
import { parseDocument } from 'yaml';
import { looksLikeProduction } from './production-name.js';
import { type Reach, type Surroundings, set } from './reach.js';
import { readSmallFile } from './read-small-file.js';

/** GitHub and other hosts: variables, what `gh` keeps, git's plain credential store, `~/.netrc`. */
export async function sourceControlReach({ home, variables }: Surroundings): Promise<readonly Reach[]> {
  const configHome = set(variables, 'XDG_CONFIG_HOME') ?? path.join(home, '.config');
  const hosts = path.join(set(variables, 'GH_CONFIG_DIR') ?? path.join(configHome, 'gh'), 'hosts.yml');
  const stores = [path.join(home, '.git-credentials'), path.join(configHome, 'git', 'credentials')];
  const netrc = set(variables, 'NETRC') ?? path.join(home, '.netrc');
  const fromVariables = [
    'GH_TOKEN',
    'GITHUB_TOKEN',
    'GH_ENTERPRISE_TOKEN',
    'GITHUB_ENTERPRISE_TOKEN',
    'GITHUB_PERSONAL_ACCESS_TOKEN',
    'GITLAB_TOKEN',
  ]
    .filter((name) => set(variables, name))
    .map((name) => reach(name, 'environment', 'token'));
  const stored = stores.map(async (store) =>
    hostsOfStore((await readSmallFile(store)) ?? '').map((host) => reach(host, store, 'password or token')),
  );
  return [
    ...fromVariables,
    ...hostsOfGh((await readSmallFile(hosts)) ?? '').map((host) => reach(host, hosts, 'token of gh')),
    ...(await Promise.all(stored)).flat(),
    ...machinesOf((await readSmallFile(netrc)) ?? '').map((host) => reach(host, netrc, 'password or token')),
  ];
}

function hostsOfGh(text: string): readonly string[] {
  try {
    const hosts: unknown = parseDocument(text).toJS({ maxAliasCount: 0 });
    return typeof hosts === 'object' && hosts !== null ? Object.keys(hosts) : [];
  } catch {
    return [];
  }
}

/** One address with user and password a line; only the host leaves this function. */
function hostsOfStore(text: string): readonly string[] {
  const hosts = text.split('\n').flatMap((line) => {
    const text = line.trim();
    const address = URL.canParse(text) ? new URL(text) : undefined;
    return address?.password ? [address.host] : [];
  });
  return [...new Set(hosts)];
}

function machinesOf(text: string): readonly string[] {
  const machines = [...text.matchAll(/^\s*machine\s+(\S{1,253})/gm)].map((match) => match[1] ?? '');
  return [...new Set(machines)];
}

function reach(name: string, place: string, means: string): Reach {
  const production = looksLikeProduction(name) ? 'likely' : 'unknown';
  return { kind: 'source-control', name, place, means, write: 'possible', production };
}
