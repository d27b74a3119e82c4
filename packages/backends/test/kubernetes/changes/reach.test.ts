import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backendContext } from '@devops-mcp/testing';
import { type Rule, startFakeCluster } from '@devops-mcp/testing/kubernetes';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { executorManifest, executorRules } from '../../../src/kubernetes/changes/executor-rules.js';
import { reachOfWrite } from '../../../src/kubernetes/changes/reach.js';
import { kubernetesConfig } from '../../../src/kubernetes/kubernetes-config.js';

const everything: readonly Rule[] = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];

async function reach(rules: readonly Rule[], config: object = { write: { kubeconfig: 'writer' } }) {
  const cluster = await startFakeCluster();
  const folder = await mkdtemp(join(tmpdir(), 'devops-mcp-reach-'));
  onTestFinished(async () => {
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  });
  for (const user of ['reader', 'writer']) await writeFile(join(folder, user), cluster.kubeconfig(user));
  cluster.allow('writer', rules);
  return reachOfWrite(
    backendContext({ config: kubernetesConfig.parse({ kubeconfig: 'reader', ...config }), folder }),
  );
}

describe('the reach of a write credential', () => {
  it.each<[string, readonly Rule[], number]>([
    ["the executor's rules", executorRules, 3],
    ['nothing at this moment', [], 3],
    ['everything', everything, 4],
    [
      'secrets of one namespace',
      [{ verbs: ['get'], apiGroups: [''], resources: ['secrets'], namespaces: ['default'] }],
      4,
    ],
    ['commands in pods', [{ verbs: ['create'], apiGroups: [''], resources: ['pods/exec'] }], 4],
  ])('that may do %s', async (_, rules, tier) => {
    expect(await reach(rules)).toBe(tier);
  });

  it('is nothing without one, and the worst where it cannot be told', async () => {
    expect(await reach(everything, {})).toBe(1);
    expect(await reach([], { write: { kubeconfig: 'no-such-file' } })).toBe(4);
  });
});

describe("the executor's manifest", () => {
  const objects = (namespaces?: readonly string[]) =>
    parseAllDocuments(executorManifest(namespaces ? { namespaces } : {})).map(
      (one) => one.toJS() as Manifest,
    );

  it('holds exactly the rules, for each namespace or the cluster', () => {
    const plain = executorRules.map(({ apiGroups, resources, verbs }) => ({ apiGroups, resources, verbs }));
    const roles = objects(['shop', 'ledger']).filter(({ kind }) => kind === 'Role');
    expect(roles.map(({ metadata }) => metadata.namespace)).toEqual(['shop', 'ledger']);
    for (const { rules } of roles) expect(rules).toEqual(plain);
    expect(objects().map(({ kind }) => kind)).toEqual([
      'ServiceAccount',
      'ClusterRole',
      'ClusterRoleBinding',
    ]);
  });

  it('is the one in the documents', async () => {
    const file = new URL('../../../../../docs/backends/kubernetes-executor.yaml', import.meta.url);
    expect(await readFile(file, 'utf8')).toBe(executorManifest());
  });

  it('neither reads secrets, runs commands nor deletes', () => {
    const all = executorRules.flatMap(({ resources, verbs }) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)),
    );
    expect(all.filter((right) => /secret|exec|delete|\*|configmap/.test(right))).toEqual([]);
    expect(all.filter((right) => !/^(get|list) /.test(right))).toEqual([
      ...['patch deployments', 'patch statefulsets', 'patch daemonsets'],
      'create pods/eviction',
    ]);
  });
});

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string };
  readonly rules?: readonly object[];
}
