import { gzipSync } from 'node:zlib';
import { generateCluster, type ManagedFields } from '@devops-mcp/testing/kubernetes';
import { describe, expect, it } from 'vitest';
import { clientOnce } from '../../src/kubernetes/connection/client-once.js';
import { kubernetesDeployments } from '../../src/kubernetes/deployments.js';
import { maskArguments } from '../../src/kubernetes/history/template-facts.js';
import {
  callContext,
  closeClusters,
  deployment,
  type Opened,
  openedCluster,
  replicaSet,
  template,
} from './cluster-fixture.js';

closeClusters();

const now = new Date('2026-05-04T12:00:00Z');
const call = () => callContext(now);

function deploymentsOf({ context }: Opened, config: { readonly helm?: boolean } = {}) {
  const given = context(config);
  return kubernetesDeployments(clientOnce(given, 'read'), given.services, given.config);
}

const image = (version: string) => `registry.example.com/checkout:${version}`;
const old = template('checkout', image('1.0'), { TIMEOUT: '5', DB_PASSWORD: 'hunter2' });
const next = template(
  'checkout',
  image('1.1'),
  { TIMEOUT: '6', DB_PASSWORD: 'hunter3', LEVEL: 'debug' },
  { resources: { limits: { memory: '512Mi' } }, args: ['--token', 'sup3r', '--port=80'] },
);
const restarted = {
  ...next,
  metadata: {
    ...next.metadata,
    annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-05-04T10:00:00Z' },
  },
};
const managed = (manager: string, time: string): readonly ManagedFields[] => [
  {
    manager,
    operation: 'Update',
    apiVersion: 'apps/v1',
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:spec': { 'f:template': {} } },
  },
  {
    manager: 'kube-controller-manager',
    operation: 'Update',
    apiVersion: 'apps/v1',
    time: '2026-05-04T11:59:00Z',
    fieldsType: 'FieldsV1',
    subresource: 'status',
    fieldsV1: { 'f:status': {} },
  },
];

function checkout(managedFields: readonly ManagedFields[] = [], spec: object = { template: restarted }) {
  const made = deployment({ name: 'checkout' }, spec);
  return { ...made, metadata: { ...made.metadata, managedFields } };
}

const rolledOut = [
  checkout(managed('kubectl-rollout', '2026-05-04T10:00:01Z')),
  replicaSet('checkout', 'aa11', { revision: 1, created: '2026-05-04T08:00:00Z', template: old }),
  replicaSet('checkout', 'bb22', {
    revision: 2,
    created: '2026-05-04T09:00:00Z',
    template: next,
    cause: 'release 1.1',
  }),
  replicaSet('checkout', 'cc33', {
    revision: 3,
    created: '2026-05-04T10:00:00Z',
    template: restarted,
    replicas: 3,
  }),
];

describe('the history of a Deployment', () => {
  it('says what each revision changed, which was a restart, and which client set it', async () => {
    const { data } = await deploymentsOf(await openedCluster(rolledOut)).history(
      { service: 'checkout', limit: 10 },
      call(),
    );
    expect(data.map(({ revision, kind, by, result, title }) => [revision, kind, by, result, title])).toEqual([
      ['checkout-cc33', 'restart', 'kubectl-rollout (client)', 'succeeded', 'Restart (revision 3)'],
      ['checkout-bb22', 'deployment', 'unknown', 'unknown', 'release 1.1'],
      ['checkout-aa11', 'deployment', 'unknown', 'unknown', 'Deploy 1.0 (revision 1)'],
    ]);
    expect(data[1]?.diff).toMatchObject({
      image: { from: image('1.0'), to: image('1.1') },
      resources: [{ field: 'checkout.limits.memory', from: null, to: '512Mi' }],
      configuration: [
        { field: 'DB_PASSWORD', from: '(masked)', to: '(masked)' },
        { field: 'LEVEL', from: null, to: 'debug' },
        { field: 'TIMEOUT', from: '5', to: '6' },
        { field: 'args', from: null, to: '--token (masked) --port=80' },
      ],
    });
    expect(data[2]?.diff).toBeNull();
  });

  it('tells a rollback by the revision that became current again', async () => {
    const { data } = await deploymentsOf(
      await openedCluster([
        checkout(managed('kubectl', '2026-05-04T11:00:00Z'), { template: old }),
        replicaSet('checkout', 'aa11', {
          revision: 3,
          history: '1',
          created: '2026-05-04T08:00:00Z',
          template: old,
          replicas: 3,
        }),
        replicaSet('checkout', 'bb22', { revision: 2, created: '2026-05-04T09:00:00Z', template: next }),
      ]),
    ).history({ service: 'checkout', limit: 10 }, call());
    expect(
      data.map(({ revision, kind, time, title }) => [
        revision,
        kind,
        time.toISOString().slice(11, 16),
        title,
      ]),
    ).toEqual([
      ['checkout-aa11', 'rollback', '11:00', 'Roll back to 1.0 (revision 3)'],
      ['checkout-bb22', 'deployment', '09:00', 'Deploy 1.1 (revision 2)'],
      ['checkout-aa11', 'deployment', '08:00', 'Deploy 1.0 (revision 1)'],
    ]);
    expect(data[0]?.diff?.image).toEqual({ from: image('1.1'), to: image('1.0') });
  });

  it('shows no secret in differences, of values and of arguments', async () => {
    const { data } = await deploymentsOf(await openedCluster(rolledOut)).diff(
      { service: 'checkout', from: '1', to: 'bb22' },
      call(),
    );
    expect([data.from, data.to]).toEqual(['checkout-aa11', 'checkout-bb22']);
    expect(data.files[0]?.path).toBe('Deployment/shop/checkout.yaml');
    const lines = data.files[0]?.patch.split('\n') ?? [];
    expect(lines).toContain(`-      image: ${image('1.0')}`);
    expect(lines).toContain(`+      image: ${image('1.1')}`);
    expect(lines).toContain('(values that are masked differ too)');
    expect(JSON.stringify(data)).not.toMatch(/hunter|sup3r/);
  });

  it('knows what is desired, now and then', async () => {
    const deployments = deploymentsOf(await openedCluster(rolledOut));
    const present = (await deployments.desired({ service: 'checkout' }, call())).data;
    expect(present).toMatchObject({ revision: 'checkout-cc33', image: image('1.1'), replicas: 3 });
    expect(present.configuration).toEqual({ DB_PASSWORD: '(masked)', LEVEL: 'debug', TIMEOUT: '6' });
    const then = await deployments.desired({ service: 'checkout', revision: 'checkout-aa11' }, call());
    expect(then.data.image).toBe(image('1.0'));
    await expect(deployments.desired({ service: 'checkout', revision: '9' }, call())).rejects.toMatchObject({
      code: 'not_found',
      details: { known: ['checkout-cc33', 'checkout-bb22', 'checkout-aa11'] },
    });
  });

  it('says that a cluster has no migrations', async () => {
    const query = { service: 'checkout', from: '1', to: '2' };
    await expect(
      deploymentsOf(await openedCluster(rolledOut)).migrationsBetween(query, call()),
    ).rejects.toMatchObject({
      code: 'unsupported',
      hint: 'Add the gitops backend beside kubernetes for the deployments port.',
    });
  });
});

describe('the history of a StatefulSet', () => {
  it('comes from its ControllerRevisions', async () => {
    const made = deployment(
      { name: 'store' },
      { template: template('store', image('2.0')) },
      { currentRevision: 'store-b', updateRevision: 'store-b' },
    );
    const revision = (name: string, number: number, created: string, version: string) => ({
      ...{ apiVersion: 'apps/v1', kind: 'ControllerRevision', revision: number },
      metadata: {
        ...{ name, namespace: 'shop', uid: name, creationTimestamp: created, labels: { app: 'store' } },
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            kind: 'StatefulSet',
            name: 'store',
            uid: 'uid-shop-store',
            controller: true,
          },
        ],
      },
      data: { spec: { template: { ...template('store', image(version)), $patch: 'replace' } } },
    });
    const { data } = await deploymentsOf(
      await openedCluster([
        { ...made, kind: 'StatefulSet' },
        revision('store-a', 1, '2026-05-04T08:00:00Z', '1.0'),
        revision('store-b', 2, '2026-05-04T09:00:00Z', '2.0'),
      ]),
    ).history({ service: 'store', limit: 5 }, call());
    expect(data.map((one) => [one.revision, one.version, one.result])).toEqual([
      ['store-b', '2.0', 'succeeded'],
      ['store-a', '1.0', 'unknown'],
    ]);
  });
});

describe('the history of a whole cluster', () => {
  it('is the newest of all services, and counts the rest', async () => {
    const opened = await openedCluster(generateCluster({ pods: 500, seed: 3, now }));
    const { data, truncation } = await deploymentsOf(opened).history({ limit: 10 }, call());
    expect(data).toHaveLength(10);
    const times = data.map(({ time }) => time.getTime());
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    const all = opened.cluster
      .list('ReplicaSet')
      .map(({ metadata }) => Date.parse(String(metadata.creationTimestamp)));
    expect(times[0]).toBe(Math.max(...all));
    expect(truncation?.total).toBe(all.length);
    expect(
      opened.cluster.requests.every(({ query }) => query.limit === undefined || query.limit === '50'),
    ).toBe(true);
  });
});

describe('releases of Helm', () => {
  const annotations = { 'meta.helm.sh/release-name': 'checkout', 'meta.helm.sh/release-namespace': 'shop' };
  const secret = (version: number, deployed: string, config: object, status = 'superseded') => {
    const release = {
      ...{ name: 'checkout', namespace: 'shop', version, config },
      info: { status, last_deployed: deployed, description: 'Upgrade complete' },
      chart: {
        metadata: { name: 'shop', version: `1.${version}.0`, appVersion: '9' },
        values: { password: 'default-secret' },
      },
    };
    const packed = gzipSync(JSON.stringify(release)).toString('base64');
    return {
      ...{ apiVersion: 'v1', kind: 'Secret', type: 'helm.sh/release.v1' },
      metadata: {
        ...{ name: `sh.helm.release.v1.checkout.v${version}`, namespace: 'shop' },
        labels: { owner: 'helm', name: 'checkout', status, version: String(version) },
      },
      data: { release: Buffer.from(packed).toString('base64') },
    };
  };
  const objects = [
    deployment({ name: 'checkout', annotations }, { template: next }),
    ...rolledOut.slice(1, 3),
    secret(1, '2026-05-04T07:59:58Z', { image: { tag: '1.0' } }),
    secret(2, '2026-05-04T08:59:58.5Z', { image: { tag: '1.1' }, db: { password: 'hunter2' } }, 'deployed'),
    secret(3, '2026-05-04T11:00:00Z', { image: { tag: '1.1' } }, 'failed'),
  ];

  it('are told of beside the rollouts that they made, with keys and no values', async () => {
    const { data } = await deploymentsOf(await openedCluster(objects), { helm: true }).history(
      { service: 'checkout', limit: 10 },
      call(),
    );
    expect(data.map(({ title, result }) => [title, result])).toEqual([
      ['Helm release checkout v3: chart shop 1.3.0 (was 1.2.0), failed', 'failed'],
      ['release 1.1; Helm release checkout v2: chart shop 1.2.0 (was 1.1.0), deployed', 'succeeded'],
      ['Deploy 1.0 (revision 1); Helm release checkout v1: chart shop 1.1.0, superseded', 'unknown'],
    ]);
    expect(data[1]?.diff?.configuration).toContainEqual({ field: 'helm:db.password', from: null, to: 'set' });
    expect(JSON.stringify(data)).not.toMatch(/hunter|default-secret/);
  });

  it('are not asked for unless the configuration says so', async () => {
    const opened = await openedCluster(objects);
    await deploymentsOf(opened).history({ service: 'checkout', limit: 10 }, call());
    expect(opened.cluster.requests.some(({ path }) => path.includes('secrets'))).toBe(false);
  });
});

describe('arguments', () => {
  it('are shown without the secrets in them', () => {
    const list = [
      '--password',
      'a1',
      '--db-token=b2',
      '-v',
      'sh -c "API_KEY=c3 run"',
      'postgres://u:d4@db/x',
    ];
    expect(maskArguments(list).join(' ')).not.toMatch(/a1|b2|c3|d4/);
    expect(maskArguments(['--port', '80', 'run'])).toEqual(['--port', '80', 'run']);
  });
});
