import { deploymentsContract, workloadsContract } from '@devops-mcp/domain/contract-tests';
import { describe, it } from 'vitest';
import { deploymentsWriting } from '../../src/kubernetes/changes/changes.js';
import { clientOnce } from '../../src/kubernetes/connection/client-once.js';
import { kubernetesDeployments } from '../../src/kubernetes/deployments.js';
import { kubernetesWorkloads } from '../../src/kubernetes/workloads/workloads.js';
import {
  callContext,
  crashing,
  deployment,
  openedCluster,
  pod,
  replicaSet,
  template,
} from './cluster-fixture.js';

const created = (minutesAgo: number) =>
  new Date(Date.now() - minutesAgo * 60_000).toISOString().replace(/\.\d+Z/, 'Z');

describe('the kubernetes backend keeps the contract of the workloads port', () => {
  for (const { name, run } of workloadsContract(openWorkloads)) it(name, run);
});

describe('the kubernetes backend keeps the contract of the deployments port', () => {
  for (const { name, run } of deploymentsContract(openDeployments)) it(name, run);
});

async function openWorkloads() {
  const { cluster, context } = await openedCluster([
    deployment({ name: 'ledger' }),
    ...['a', 'b', 'c'].map((name) => pod('ledger', 'bb22', name)),
    deployment({ name: 'checkout' }, {}, { readyReplicas: 2, availableReplicas: 2 }),
    ...['a', 'b'].map((name) => pod('checkout', 'aa11', name)),
    pod('checkout', 'aa11', 'c', crashing('checkout', created(5))),
  ]);
  const given = context();
  return {
    workloads: kubernetesWorkloads(clientOnce(given, 'read'), given.services),
    ...{ service: 'ledger', ill: 'checkout', context: callContext(), close: () => cluster.close() },
  };
}

async function openDeployments() {
  const image = (version: string) => template('checkout', `registry.example.com/checkout:${version}`);
  const { cluster, context } = await openedCluster([], true);
  const live = cluster.put({
    ...deployment({ name: 'checkout' }, { template: image('1.1') }),
    metadata: {
      ...{ name: 'checkout', namespace: 'shop', labels: { app: 'checkout' }, generation: 1 },
      annotations: { 'deployment.kubernetes.io/revision': '2' },
    },
  });
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout', controller: true };
  for (const [hash, version, revision] of [
    ['aa11', '1.0', 1],
    ['bb22', '1.1', 2],
  ] as const) {
    const set = replicaSet('checkout', hash, {
      ...{ revision, created: created(30 - revision * 10), template: image(version) },
      replicas: revision === 2 ? 3 : 0,
    });
    const ownerReferences = [{ ...owner, uid: live.metadata.uid ?? '' }];
    cluster.put({ ...set, metadata: { ...set.metadata, ownerReferences } });
  }
  const given = context({ write: { context: 'fake' } });
  const read = kubernetesDeployments(clientOnce(given, 'read'), given.services, { helm: false });
  return {
    deployments: { ...read, ...deploymentsWriting(given) },
    ...{ service: 'checkout', configurationKey: null, context: callContext(), close: () => cluster.close() },
  };
}
