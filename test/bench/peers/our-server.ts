import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { programOf } from '../servers.js';
import type { Peer } from './peer.js';
import type { BenchCluster } from './start-cluster.js';

export const ours = 'devops-mcp deployments';

/** Our own server over the cluster, with every port that the Kubernetes backend has. */
export async function ourServer({ facts, pods }: BenchCluster, folder: string): Promise<Peer> {
  const config = join(folder, `devops-mcp-${pods}.yaml`);
  const backend = JSON.stringify({ use: 'kubernetes', kubeconfig: facts.kubeconfig });
  const lines = [
    'version: 1',
    `state: { path: ./state-${pods} }`,
    `audit: { path: ./audit-${pods} }`,
    'identity: { stdio: { subject: user:default/bench } }',
    'servers:',
    '  deployments: { owner: group:default/team-platform, killSwitchOwner: group:default/team-platform, version: 0.1.0 }',
    'environments:',
    '  production:',
    '    class: production',
    `    ports: { workloads: ${backend}, deployments: ${backend} }`,
    'limits: { readsPerMinute: 1000000 }',
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  const environment = 'production';
  return {
    ...{
      name: ours,
      command: process.execPath,
      args: [programOf('deployments'), '--config', config],
      env: {},
      judgesLatency: true,
    },
    questions: {
      workload: [{ tool: 'get_workload_status', input: { environment, service: '{workload}' } }],
      ill: [{ tool: 'get_workload_status', input: { environment } }],
      deployed: [{ tool: 'get_deployment_history', input: { environment } }],
    },
  };
}
