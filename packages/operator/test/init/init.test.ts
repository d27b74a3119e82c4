import { stat } from 'node:fs/promises';
import path from 'node:path';
import { parseConfiguration } from '@devops-mcp/runtime';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Household, kubeconfig, openHousehold } from './household.js';
import { type StubSystem, stubAlertmanager, stubPrometheus, stubSystem } from './stub-systems.js';

let house: Household;
let systems: StubSystem[] = [];
beforeEach(async () => {
  house = await openHousehold();
});
afterEach(async () => {
  await Promise.all(systems.map((system) => system.close()));
  systems = [];
  await house.remove();
});

async function running(system: Promise<StubSystem>): Promise<string> {
  const opened = await system;
  systems.push(opened);
  return opened.address;
}

const written = '.config/devops-mcp/devops-mcp.yaml';
async function configured() {
  return parseConfiguration((await house.read(written)) ?? '', house.config);
}

describe('init writes a configuration', () => {
  it('that only reads, from what the options say, and runs the doctor on it', async () => {
    await house.put('.kube/config', kubeconfig);
    const prometheus = await running(stubPrometheus());
    const alertmanager = await running(stubAlertmanager());
    const ran = await house.init(
      ...['--context', 'eks-prod=production', '--context', 'shop-staging=skip'],
      ...['--prometheus', `${prometheus}=production`, '--alertmanager', `${alertmanager}=production`],
    );
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('metrics in production (prometheus): It answers');
    const { environments, catalog, policy, approvers, servers, stdioSubject } = await configured();
    const cluster = { use: 'kubernetes', context: 'eks-prod' };
    const metrics = { use: 'prometheus', address: prometheus };
    expect(environments).toEqual([
      {
        name: 'production',
        class: 'production',
        ports: {
          workloads: cluster,
          deployments: cluster,
          metrics,
          dependencies: metrics,
          alerts: { use: 'alertmanager', address: alertmanager, history: { address: prometheus } },
        },
      },
    ]);
    expect({ catalog, policy, approvers, servers, stdioSubject }).toEqual({
      ...{ catalog: [], policy: null, approvers: null, servers: {}, stdioSubject: null },
    });
    expect((await stat(house.config)).mode & 0o777).toBe(0o600);
    expect(ran.out + (await house.read(written))).not.toContain('canary');
  });

  it('with an environment for each cluster, and one address for all of a class', async () => {
    await house.put('.kube/config', kubeconfig.replaceAll('shop-staging', 'arn:aws:eks:eu:1:cluster/Shop_2'));
    const ran = await house.init(
      ...['--context', 'eks-prod=production', '--context', 'arn:aws:eks:eu:1:cluster/Shop_2=production'],
      ...['--prometheus', 'https://metrics.example.com/=production'],
    );
    expect(ran.code).toBe(0);
    const { environments } = await configured();
    const ports = { metrics: { address: 'https://metrics.example.com' } };
    expect(environments).toMatchObject([
      { name: 'production', ports },
      { name: 'shop-2', ports },
    ]);
  });

  it('that names the kubeconfig when it is not the usual one', async () => {
    await house.put('clusters/eu.yaml', kubeconfig);
    const file = path.join(house.home, 'clusters/eu.yaml');
    vi.stubEnv('KUBECONFIG', file);
    await house.init('--yes', '--context', 'shop-staging=staging');
    const [staging] = (await configured()).environments;
    expect(staging?.ports.workloads).toEqual({
      use: 'kubernetes',
      context: 'shop-staging',
      kubeconfig: file,
    });
  });

  it('in the folder of --output', async () => {
    await house.init(
      '--yes',
      '--prometheus',
      'http://127.0.0.1:1=staging',
      '--output',
      path.join(house.home, 'ops'),
    );
    expect(await house.read('ops/devops-mcp.yaml')).toContain('class: staging');
    expect(await house.read(written)).toBeUndefined();
  });

  it('with exit code 1 when the doctor finds a failure', async () => {
    await house.put('.config/devops-mcp/audit', 'a file where the folder should be');
    const ran = await house.init('--yes', '--prometheus', 'http://127.0.0.1:1=staging');
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/Failures[\s\S]*audit folder/);
  });
});

describe('init finds', () => {
  it.each([
    ['Prometheus or VictoriaMetrics', stubPrometheus, 'PROMETHEUS_URL', '--prometheus'],
    ['Alertmanager', stubAlertmanager, 'ALERTMANAGER_URL', '--alertmanager'],
    [
      'a store without build information',
      () => stubSystem({ '/-/ready': 'Prometheus Server is Ready.\n' }),
      'PROMETHEUS_URL',
      '--prometheus',
    ],
  ])('%s', async (_, stub, variable, option) => {
    const address = await running(stub());
    vi.stubEnv(variable, `${address}/`);
    const ran = await house.init();
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain(`${option} '${address}=`);
  });

  it('nothing where something else listens, and waits for nobody who does not answer', async () => {
    vi.stubEnv('PROMETHEUS_URL', await running(stubSystem({ '/-/ready': 'OK' })));
    vi.stubEnv('ALERTMANAGER_URL', await running(stubSystem({ '/api/v2/status': null })));
    const ran = await house.init();
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('There is nothing to write');
  });

  it('no address that holds a password', async () => {
    const address = await running(stubPrometheus());
    vi.stubEnv('PROMETHEUS_URL', address.replace('http://', 'http://me:canary@'));
    const ran = await house.init();
    expect(ran.err).not.toContain('canary');
    expect(systems[0]?.asked).toEqual([]);
  });

  it('uses an address that was given though nothing answers, and says so', async () => {
    const ran = await house.init('--prometheus', 'http://127.0.0.1:1=staging');
    expect(ran.err).toContain('Nothing answers at http://127.0.0.1:1');
    expect((await configured()).environments).toHaveLength(1);
  });
});

describe('init asks for the class', () => {
  it('and takes what the name suggests only when the person agrees', async () => {
    await house.put('.kube/config', kubeconfig);
    const ran = await house.initAnswering(['', 'd', '']);
    expect(ran.questions[0]).toContain('eks-prod is production, staging, development, skip? [production]');
    expect(ran.questions[1]).toContain('[staging]');
    const { environments } = await configured();
    expect(environments.map(({ name, class: kind }) => [name, kind])).toEqual([
      ['production', 'production'],
      ['development', 'development'],
    ]);
  });

  it('again, where the name says nothing and nothing was typed', async () => {
    await house.put(
      '.kube/config',
      kubeconfig.replaceAll('shop-staging', 'shop').replaceAll('eks-prod', 'eks'),
    );
    const ran = await house.initAnswering(['', 'perhaps', 'staging', 'skip', '']);
    expect(ran.questions[0]).not.toContain('[');
    expect(ran.questions).toHaveLength(5);
    expect((await configured()).environments).toMatchObject([{ class: 'staging' }]);
  });

  it('and says what to pass where nobody can be asked', async () => {
    await house.put('.kube/config', kubeconfig);
    const ran = await house.init('--context', 'shop-staging=staging');
    expect(ran.code).toBe(2);
    expect(ran.err).toContain("--context 'eks-prod=production'");
    expect(ran.err).not.toContain("--context 'shop-staging");
    expect(await house.read(written)).toBeUndefined();
  });

  it('of nobody with --yes, which takes classes from options alone', async () => {
    await house.put('.kube/config', kubeconfig);
    const ran = await house.initAnswering([], '--yes', '--context', 'shop-staging=staging');
    expect(ran.questions).toEqual([]);
    expect((await configured()).environments).toMatchObject([{ name: 'staging' }]);
    const none = await house.init('--yes');
    expect(none.code).toBe(2);
  });

  it.each([
    [['--context', 'eks-prod'], /NAME=class with one of production/],
    [['--context', 'eks-prod=live'], /NAME=class/],
    [['--context', 'absent=staging'], /there is no such context/],
    [['--prometheus', 'metrics=staging'], /http or https address/],
    [['--prometheus', 'http://me:canary@127.0.0.1:1=staging'], /without user, password/],
    [['--client', 'emacs', '--context', 'eks-prod=skip'], /no client emacs/],
    [['--servers', 'metric'], /no server metric/],
    [['--all'], /belongs to --remove/],
  ])('and refuses %j', async (args, message) => {
    await house.put('.kube/config', kubeconfig);
    const ran = await house.init(...args);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toMatch(message);
    expect(ran.err).not.toContain('canary');
  });
});

describe('a configuration that is there already', () => {
  const args = ['--prometheus', 'http://127.0.0.1:1=staging'];
  const mine = 'version: 1\nstate: { path: ./mine }\naudit: { path: ./audit }\n';
  beforeEach(() => house.put(written, mine));

  it('is shown with the difference and stays where nobody agrees', async () => {
    const ran = await house.init(...args);
    expect(ran.code).toBe(2);
    expect(ran.out).toContain('- state: { path: ./mine }');
    expect(ran.out).toContain('+ state: { path: ./state }');
    expect(await house.read(written)).toBe(mine);
    const declined = await house.initAnswering(['', ''], ...args);
    expect(declined.code).toBe(1);
    expect(await house.read(written)).toBe(mine);
  });

  it('is replaced by who agrees, and kept beside', async () => {
    const ran = await house.initAnswering(['', 'y'], ...args);
    expect(ran.questions[1]).toContain('Replace it?');
    expect(await house.read(written)).toContain('class: staging');
    expect(await house.read(`${written}.before-devops-mcp`)).toBe(mine);
  });

  it('is left as it is when it would not change', async () => {
    await house.init('--yes', ...args);
    const again = await house.init(...args);
    expect(again.code).toBe(0);
    expect(again.out).toContain('as it is');
  });
});

describe('--dry-run', () => {
  it('shows configuration and entries and writes nothing', async () => {
    const ran = await house.init(
      ...['--dry-run', '--yes', '--prometheus', 'http://127.0.0.1:1=staging', '--client', 'cursor'],
    );
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('+     class: staging');
    expect(ran.out).toContain('"devops-metrics"');
    expect(await house.read(written)).toBeUndefined();
    expect(await house.read('.cursor/mcp.json')).toBeUndefined();
  });
});
