import { gzipSync } from 'node:zlib';
import type { KubeObject } from '../object.js';
import { at, type ClusterPlan, type PlannedWorkload } from './plan.js';

/** Two releases of a chart as Helm 3 stores them: base64 of the API around base64 of Helm's around gzip around JSON. */
export function helmReleases(workload: PlannedWorkload, { random }: ClusterPlan): readonly KubeObject[] {
  const { revision, deployedAt, versions } = workload;
  return [
    release(workload, revision - 1, 'superseded', versions[0], at(deployedAt, -7 * 86_400), random.uid()),
    release(workload, revision, 'deployed', versions[1], at(deployedAt), random.uid()),
  ];
}

function release(
  workload: PlannedWorkload,
  revision: number,
  status: string,
  appVersion: string,
  time: string,
  uid: string,
): KubeObject {
  const { name, namespace } = workload;
  const metadata = {
    name,
    version: `0.${revision}.0`,
    appVersion,
    apiVersion: 'v2',
    description: `Chart of ${name}`,
  };
  const body = {
    ...{ name, version: revision, namespace },
    info: { first_deployed: time, last_deployed: time, deleted: '', description: 'Upgrade complete', status },
    chart: { metadata, values: { replicaCount: workload.replicas }, templates: [] },
    config: { image: { tag: appVersion }, database: { password: 'not-for-any-answer' } },
    manifest: `---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\n`,
    hooks: [],
  };
  const encoded = gzipSync(JSON.stringify(body)).toString('base64');
  const modifiedAt = String(Math.floor(Date.parse(time) / 1_000));
  return {
    ...{ apiVersion: 'v1', kind: 'Secret', type: 'helm.sh/release.v1' },
    metadata: {
      ...{ name: `sh.helm.release.v1.${name}.v${revision}`, namespace, uid, creationTimestamp: time },
      labels: { name, owner: 'helm', status, version: String(revision), modifiedAt },
    },
    data: { release: Buffer.from(encoded).toString('base64') },
  };
}
