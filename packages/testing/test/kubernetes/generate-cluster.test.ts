import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { generateCluster, type KubeObject, startFakeCluster } from '../../src/kubernetes/index.js';

const now = new Date('2026-03-02T10:00:00Z');
const objects = generateCluster({ pods: 500, seed: 7, now });
const of = (kind: string) => objects.filter((each) => each.kind === kind);
const reasonOf = (pod: KubeObject): string => {
  const {
    phase,
    conditions = [],
    containerStatuses = [],
  } = pod.status as {
    phase: string;
    conditions?: { type: string; status: string; reason?: string }[];
    containerStatuses?: {
      state: { waiting?: { reason: string } };
      lastState: { terminated?: { reason: string } };
    }[];
  };
  if (containerStatuses.some(({ lastState }) => lastState.terminated?.reason === 'OOMKilled'))
    return 'OOMKilled';
  const waiting = containerStatuses.find(({ state }) => state.waiting)?.state.waiting?.reason;
  const ready = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  return (
    waiting ??
    conditions.find(({ reason }) => reason === 'Unschedulable')?.reason ??
    (ready ? 'well' : phase === 'Running' ? 'not ready' : phase)
  );
};

describe('a generated cluster', () => {
  it('is the same for the same options and another for another seed', () => {
    expect(generateCluster({ pods: 60, seed: 3, now })).toEqual(generateCluster({ pods: 60, seed: 3, now }));
    expect(generateCluster({ pods: 60, seed: 4, now })).not.toEqual(
      generateCluster({ pods: 60, seed: 3, now }),
    );
  });

  it('has the pods asked for, 6 in 100 of them ill in five ways', () => {
    expect(of('Pod')).toHaveLength(500);
    const ill = of('Pod')
      .map(reasonOf)
      .filter((each) => each !== 'well');
    expect(ill).toHaveLength(30);
    expect(new Set(ill)).toEqual(
      new Set(['CrashLoopBackOff', 'ImagePullBackOff', 'OOMKilled', 'Unschedulable', 'not ready']),
    );
  });

  it('has pods of the size that real ones have, with the managers of their fields', () => {
    const sizes = of('Pod').map((pod) => JSON.stringify(pod).length);
    const average = sizes.reduce((sum, each) => sum + each, 0) / sizes.length;
    expect(average).toBeGreaterThan(4_000);
    expect(average).toBeLessThan(8_000);
    expect(of('Pod').every(({ metadata }) => metadata.managedFields?.length === 2)).toBe(true);
  });

  it('has two revisions of each workload and around it what limits it', () => {
    const deployments = of('Deployment');
    expect(of('ReplicaSet')).toHaveLength(deployments.length * 2);
    for (const kind of ['HorizontalPodAutoscaler', 'PodDisruptionBudget', 'Event', 'Node'])
      expect(of(kind).length).toBeGreaterThan(5);
    const [quota] = of('ResourceQuota') as (KubeObject & {
      status: { hard: { pods: string }; used: { pods: string } };
    })[];
    expect(Number(quota?.status.hard.pods) - Number(quota?.status.used.pods)).toBe(2);
    expect(new Set(deployments.map(({ metadata }) => metadata.namespace?.slice(0, 5)))).toEqual(
      new Set(['team-']),
    );
  });

  it('has Helm releases as Helm stores them', () => {
    const [secret] = of('Secret') as (KubeObject & { type: string; data: { release: string } })[];
    expect(secret?.type).toBe('helm.sh/release.v1');
    const inner = Buffer.from(secret?.data.release ?? '', 'base64').toString();
    const release = JSON.parse(gunzipSync(Buffer.from(inner, 'base64')).toString());
    expect(secret?.metadata.name).toBe(`sh.helm.release.v1.${release.name}.v${release.version}`);
  });

  it('has no name twice in any cluster, and a cluster takes all of it', async () => {
    const large = generateCluster({ pods: 3_000, seed: 1, now });
    const names = large.map(({ kind, metadata }) => `${kind} ${metadata.namespace} ${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
    const cluster = await startFakeCluster({ objects });
    expect(cluster.list('Pod')).toHaveLength(500);
    await cluster.close();
  });
});
