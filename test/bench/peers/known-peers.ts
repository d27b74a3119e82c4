import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../servers.js';
import type { Peer } from './peer.js';

const folder = join(root, 'test/bench/peers/programs');
const modules = join(folder, 'node_modules');
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  name: '{workload}',
  namespace: '{namespace}',
};
const labelSelector = 'app.kubernetes.io/name={workload}';

/** Servers of others that npm carries, asked as somebody would who knows them: as few and as narrow calls as they have. */
const known: readonly (Peer & { readonly program: string })[] = [
  {
    ...{
      name: 'kubernetes-mcp-server',
      program: 'kubernetes-mcp-server/bin/index.js',
      command: process.execPath,
      args: [],
    },
    ...{ env: { KUBECONFIG: '{kubeconfig}' }, judgesLatency: true },
    questions: {
      workload: [
        { tool: 'resources_get', input: deployment },
        { tool: 'pods_list_in_namespace', input: { namespace: '{namespace}', labelSelector } },
        {
          tool: 'events_list',
          input: { namespace: '{namespace}', fieldSelector: 'involvedObject.name={pod}' },
        },
      ],
      ill: [{ tool: 'pods_list', input: {} }],
      deployed: [{ tool: 'resources_list', input: { apiVersion: 'apps/v1', kind: 'ReplicaSet' } }],
    },
  },
  {
    ...{
      name: 'mcp-server-kubernetes',
      program: 'mcp-server-kubernetes/dist/index.js',
      command: process.execPath,
      args: [],
    },
    ...{ env: { KUBECONFIG: '{kubeconfig}' }, judgesLatency: true },
    questions: {
      workload: [
        {
          tool: 'kubectl_describe',
          input: { resourceType: 'deployment', name: '{workload}', namespace: '{namespace}' },
        },
        { tool: 'kubectl_get', input: { resourceType: 'pods', namespace: '{namespace}', labelSelector } },
        {
          tool: 'kubectl_get',
          input: {
            resourceType: 'events',
            namespace: '{namespace}',
            fieldSelector: 'involvedObject.name={pod}',
          },
        },
      ],
      ill: [{ tool: 'kubectl_get', input: { resourceType: 'pods', allNamespaces: true } }],
      deployed: [{ tool: 'kubectl_get', input: { resourceType: 'replicasets', allNamespaces: true } }],
    },
  },
  {
    ...{
      name: 'prometheus-mcp',
      program: 'prometheus-mcp/dist/index.mjs',
      command: process.execPath,
      args: ['stdio'],
    },
    // The stub that it asks answers at no cost.
    ...{ env: { PROMETHEUS_URL: '{prometheus}' }, judgesLatency: false },
    questions: {
      workload: [
        {
          tool: 'prometheus_query',
          input: { query: 'kube_pod_status_ready{condition="false",pod=~"{workload}-.+"} == 1' },
        },
      ],
      ill: [{ tool: 'prometheus_query', input: { query: 'kube_pod_status_ready{condition="false"} == 1' } }],
    },
  },
];

/** The known peers that could be installed; what is missing is told to `warn` and left out. */
export async function knownPeers(warn: (message: string) => void): Promise<readonly Peer[]> {
  if (!existsSync(modules)) await install(warn);
  return known.flatMap(({ program, args, ...peer }) => {
    const file = join(modules, program);
    if (existsSync(file)) return [{ ...peer, args: [file, ...args] }];
    warn(`${peer.name} is not installed and is left out`);
    return [];
  });
}

async function install(warn: (message: string) => void): Promise<void> {
  try {
    const args = ['ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'];
    await promisify(execFile)('npm', args, { timeout: 300_000 });
  } catch {
    warn('the peers could not be installed (npm ci --prefix test/bench/peers/programs)');
  }
}
