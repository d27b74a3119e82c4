import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseConfiguration, recentExposure } from '@devops-mcp/runtime';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addDoctorCommand } from '../../src/commands/doctor.js';
import { findExposure } from '../../src/doctor/exposure/exposure.js';
import { looksLikeProduction } from '../../src/doctor/exposure/production-name.js';
import type { Reach } from '../../src/doctor/exposure/reach.js';
import { runCommand } from '../run-command.js';
import { fine, serversThatFind } from './examined.js';

/** Stands wherever a secret would: it must come out nowhere. */
const canary = 'canary-5e2f9a';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'home-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

async function put(file: string, text: string): Promise<void> {
  const target = path.join(home, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, text);
}

const kubeconfig = `
apiVersion: v1
kind: Config
current-context: kind-local
contexts:
  - { name: eks-eu, context: { cluster: eu, user: eks } }
  - { name: kind-local, context: { cluster: local, user: cert } }
  - { name: shop-production, context: { cluster: shop, user: bearer } }
  - { name: lab, context: { cluster: lab, user: sso } }
  - { name: nobody, context: { cluster: lab, user: absent } }
clusters:
  - { name: eu, cluster: { server: "https://eu.example.com" } }
  - { name: local, cluster: { server: "https://127.0.0.1:6443" } }
  - { name: shop, cluster: { server: "https://shop.example.com" } }
  - { name: lab, cluster: { server: "https://lab.example.com" } }
users:
  - { name: eks, user: { exec: { command: aws, args: [eks, get-token, ${canary}] } } }
  - { name: cert, user: { client-certificate-data: ${canary}, client-key-data: ${canary} } }
  - { name: bearer, user: { token: ${canary} } }
  - { name: sso, user: { auth-provider: { name: oidc, config: { id-token: ${canary} } } } }
`;

async function found(variables: NodeJS.ProcessEnv = {}, configuration?: string) {
  const file = path.join(home, 'devops-mcp.yaml');
  const exposure = await findExposure(configuration ? parseConfiguration(configuration, file) : undefined, {
    home,
    variables,
  });
  expect(JSON.stringify(exposure)).not.toContain(canary);
  const named = (name: string): Reach | undefined => exposure.reaches.find((reach) => reach.name === name);
  return { ...exposure, named };
}

const head = 'version: 1\nstate: { path: ./state }\naudit: { path: ./audit }\n';

describe('kubernetes', () => {
  it('lists every context with what its user brings and what it is', async () => {
    await put('.kube/config', kubeconfig);
    const { named, enforced } = await found();
    expect(named('eks-eu')).toMatchObject({ means: 'exec plugin', write: 'possible', production: 'unknown' });
    expect(named('kind-local')).toMatchObject({ means: 'client certificate', production: 'no' });
    expect(named('shop-production')).toMatchObject({ means: 'token', production: 'likely' });
    expect(named('lab')).toMatchObject({ means: 'OIDC' });
    expect(named('nobody')).toMatchObject({ means: 'none', write: 'no' });
    expect(enforced).toBe(false);
  });

  it('takes the class from the configuration, in which no other one makes production less', async () => {
    await put('.kube/config', kubeconfig);
    const ports = 'ports: { workloads: { use: kubernetes, context';
    const { named } = await found(
      {},
      `${head}environments:
  live: { class: production, ${ports}: eks-eu } } }
  lab: { class: development, ${ports}: lab } } }
  shop: { class: staging, ${ports}: shop-production } } }
`,
    );
    expect(named('eks-eu')?.production).toBe('yes');
    expect(named('lab')?.production).toBe('no');
    expect(named('shop-production')?.production).toBe('likely');
  });

  it('reads the files of KUBECONFIG, the first of which counts for a name', async () => {
    await put(
      'a',
      'contexts: [{ name: one, context: { user: u } }]\nusers: [{ name: u, user: { token: x } }]',
    );
    await put('b', 'contexts: [{ name: one, context: {} }, { name: two, context: {} }]');
    const files = ['a', 'b', 'absent'].map((name) => path.join(home, name));
    const { reaches } = await found({ KUBECONFIG: files.join(path.delimiter) });
    expect(reaches.map(({ name, place }) => [name, place])).toEqual([
      ['one', files[0]],
      ['two', files[1]],
    ]);
  });

  it.each(['a: [', 'contexts: 7', '- just\n- a list', 'x: &a [*a, *a]', ''])(
    'finds nothing in %j',
    async (text) => {
      await put('.kube/config', text);
      expect(await found()).toMatchObject({ reaches: [], enforced: true });
    },
  );

  it('is enforced where only clusters of this machine are within reach', async () => {
    await put(
      '.kube/config',
      kubeconfig
        .split('\n')
        .filter((line) => !/eks-eu|shop-production|name: lab,|nobody/.test(line))
        .join('\n'),
    );
    const { reaches, enforced } = await found();
    expect(reaches.map(({ name }) => name)).toEqual(['kind-local']);
    expect(enforced).toBe(true);
  });
});

describe('clouds', () => {
  it('lists profiles, key files and accounts by name', async () => {
    await put('.aws/credentials', `[default]\naws_secret_access_key = ${canary}\n`);
    await put('.aws/config', '[default]\nregion = eu\n[profile shop-prod]\nrole_arn = x\n[sso-session s]\n');
    await put('.config/gcloud/application_default_credentials.json', `{"refresh_token":"${canary}"}`);
    await put('.config/gcloud/credentials.db', canary);
    await put('.azure/msal_token_cache.json', `{"secret":"${canary}"}`);
    await put('.azure/azureProfile.json', '\uFEFF{"subscriptions":[{"name":"Shop production"}]}');
    const { reaches, named, enforced } = await found({
      GOOGLE_APPLICATION_CREDENTIALS: '/keys/deployer.json',
    });
    expect(reaches.map(({ name }) => name)).toEqual([
      'AWS profile default',
      'AWS profile shop-prod',
      'Google Cloud GOOGLE_APPLICATION_CREDENTIALS',
      'Google Cloud application default',
      'Google Cloud accounts of gcloud',
      'Azure subscription Shop production',
    ]);
    expect(named('AWS profile shop-prod')?.production).toBe('likely');
    expect(enforced).toBe(false);
  });

  it('lists credentials in variables by the name of the variable', async () => {
    const { reaches } = await found({
      AWS_ACCESS_KEY_ID: canary,
      AZURE_CLIENT_SECRET: canary,
      AWS_PROFILE: 'x',
    });
    expect(reaches.map(({ name, place }) => [name, place])).toEqual([
      ['AWS AWS_ACCESS_KEY_ID', 'environment'],
      ['Azure AZURE_CLIENT_SECRET', 'environment'],
    ]);
  });
});

describe('source control', () => {
  it('lists hosts and variables, never what they hold', async () => {
    await put('.config/gh/hosts.yml', `github.com:\n  oauth_token: ${canary}\n  user: someone\n`);
    await put('.git-credentials', `https://me:${canary}@git.example.com\nnot an address\n`);
    await put('.netrc', `machine code.example.com\n  login me\n  password ${canary}\n`);
    const { reaches, enforced } = await found({ GITHUB_TOKEN: canary, GH_TOKEN: '' });
    expect(reaches.map(({ name }) => name)).toEqual([
      'GITHUB_TOKEN',
      'github.com',
      'git.example.com',
      'code.example.com',
    ]);
    expect(enforced).toBe(false);
  });
});

describe('tools', () => {
  it('lists vendors, SSH and registries, which alone do not count as production', async () => {
    await put('.ssh/id_ed25519', `-----BEGIN OPENSSH PRIVATE KEY-----\n${canary}\n`);
    await put('.ssh/id_ed25519.pub', 'ssh-ed25519 AAAA');
    await put('.ssh/config', 'Host *\n');
    await put('.docker/config.json', `{"auths":{"registry.example.com":{"auth":"${canary}"}}}`);
    const { reaches, enforced } = await found({
      DD_API_KEY: canary,
      PAGERDUTY_TOKEN: canary,
      SSH_AUTH_SOCK: '/run/agent',
    });
    expect(reaches.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'vendor DD_API_KEY',
      'vendor PAGERDUTY_TOKEN',
      'ssh SSH agent',
      'ssh id_ed25519',
      'registry registry.example.com',
    ]);
    expect(enforced).toBe(true);
  });

  it('counts what deploys', async () => {
    await put('.config/argocd/config', `users: [{ auth-token: ${canary} }]`);
    expect(await found()).toMatchObject({ reaches: [{ kind: 'delivery' }], enforced: false });
  });
});

describe('doctor --exposure', () => {
  const run = (...args: readonly string[]) =>
    runCommand(
      (program) => addDoctorCommand(program, serversThatFind({ metrics: [fine] })),
      ...['doctor', '--config', path.join(home, 'devops-mcp.yaml'), ...args],
    );
  beforeEach(async () => {
    for (const name of Object.keys(process.env)) {
      if (
        /^(AWS|AZURE|GH|GITHUB|GOOGLE|DD|SSH|KUBECONFIG|KUBERNETES|XDG|GRAFANA|VAULT|TFE|NETRC|DOCKER)/.test(
          name,
        )
      )
        vi.stubEnv(name, '');
    }
    vi.stubEnv('HOME', home);
    await writeFile(
      path.join(home, 'devops-mcp.yaml'),
      `${head}environments: { live: { class: production, ports: { workloads: { use: kubernetes, context: eks-eu } } } }\n`,
      { mode: 0o600 },
    );
  });

  it('says that nothing is enforced here, warns and does not fail, and keeps the finding without names', async () => {
    await put('.kube/config', kubeconfig);
    const ran = await run('--exposure');
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('Not enforced on this machine');
    expect(ran.out).toMatch(
      /kubernetes eks-eu: exec plugin in \S+config; write possible; production by the configuration/,
    );
    expect(ran.out).not.toContain(canary);
    const file = path.join(home, 'state', 'exposure.json');
    const kept = await readFile(file, 'utf8');
    expect(JSON.parse(kept)).toEqual({ version: 1, at: expect.any(String), ways: 3 });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const { at } = JSON.parse(kept);
    const days = (count: number) => new Date(Date.parse(at) + count * 86_400_000);
    expect(await recentExposure(path.join(home, 'state'), days(29))).toMatchObject({ ways: 3 });
    expect(await recentExposure(path.join(home, 'state'), days(31))).toBeUndefined();
  });

  it('forgets the finding when the next look finds nothing', async () => {
    await put('.kube/config', kubeconfig);
    await run('--exposure');
    await rm(path.join(home, '.kube'), { recursive: true });
    const ran = await run('--exposure', '--format', 'json');
    expect(JSON.parse(ran.out).exposure).toEqual({ reaches: [], enforced: true });
    expect(await recentExposure(path.join(home, 'state'), new Date())).toBeUndefined();
  });

  it('looks around and keeps nothing unless it is asked to', async () => {
    await put('.kube/config', kubeconfig);
    expect((await run()).out).not.toContain('eks-eu:');
    await expect(stat(path.join(home, 'state'))).rejects.toThrow('ENOENT');
  });
});

describe('looksLikeProduction', () => {
  it.each(['prod', 'eks-production-eu', 'shopprod1', 'PRD', 'live-eu', 'non-prod'])('%s', (name) => {
    expect(looksLikeProduction(name)).toBe(true);
  });
  it.each(['staging', 'product-catalog', 'olive', 'deliver', 'kind-local'])('not %s', (name) => {
    expect(looksLikeProduction(name)).toBe(false);
  });
});
