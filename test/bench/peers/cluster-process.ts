// The cluster that the servers are asked about, in a process of its own: its work must not count as theirs.
// Arguments: number of pods, seed, file for the kubeconfig. Says what there is to ask about in one line, and ends with
// its input.

import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createAuthority } from '@devops-mcp/testing/faults';
import { generateCluster, type KubeObject, startFakeCluster } from '@devops-mcp/testing/kubernetes';
import { prometheusAnswer } from './prometheus-stub.js';

const [pods = '0', seed = '1', kubeconfig = ''] = process.argv.slice(2);

const objects = generateCluster({ pods: Number(pods), seed: Number(seed) });
const authority = createAuthority();
const { certificate: cert, key } = authority.issue('127.0.0.1');
const cluster = await startFakeCluster({ objects, tls: { cert, key, ca: authority.certificate } });
await writeFile(kubeconfig, cluster.kubeconfig());

const prometheus = createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(prometheusAnswer(new URL(request.url ?? '/', 'http://stub'), objects)));
}).listen(0, '127.0.0.1');
await once(prometheus, 'listening');
const bound = prometheus.address();
const port = typeof bound === 'object' ? bound?.port : 0;

process.stdout.write(
  `${JSON.stringify({ ...illWorkload(objects), prometheus: `http://127.0.0.1:${port}` })}\n`,
);
process.stdin.resume().once('end', () => process.exit());

/** A workload that somebody would ask about: one of its pods crashes. */
function illWorkload(all: readonly KubeObject[]): { namespace: string; workload: string; pod: string } {
  const crashing = all.find(
    (each) => each.kind === 'Pod' && JSON.stringify(each.status).includes('CrashLoopBackOff'),
  );
  const { name = '', namespace = '', labels = {} } = crashing?.metadata ?? {};
  return { namespace, workload: labels['app.kubernetes.io/name'] ?? '', pod: name };
}
