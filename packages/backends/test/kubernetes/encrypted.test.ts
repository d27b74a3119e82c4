import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backendContext } from '@devops-mcp/testing';
import { createAuthority, startFaultProxy } from '@devops-mcp/testing/faults';
import { type FakeCluster, startFakeCluster } from '@devops-mcp/testing/kubernetes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKubeClient } from '../../src/kubernetes/connection/open-kube-client.js';
import { examineCluster } from '../../src/kubernetes/examine.js';
import { kubernetesConfig } from '../../src/kubernetes/kubernetes-config.js';
import { callContext } from './cluster-fixture.js';

const authority = createAuthority();
const stranger = createAuthority('Somebody else');
const folder = mkdtempSync(join(tmpdir(), 'kubernetes-tls-'));
let cluster: FakeCluster;
let plain: FakeCluster;
let proxy: Awaited<ReturnType<typeof startFaultProxy>>;

beforeAll(async () => {
  const { certificate: cert, key } = authority.issue('127.0.0.1');
  cluster = await startFakeCluster({ tls: { cert, key, ca: authority.certificate } });
  plain = await startFakeCluster();
  plain.kubeconfig();
  const tls = { ...authority.issue('127.0.0.1'), clientAuthority: authority.certificate };
  proxy = await startFaultProxy({ target: plain.address, tls });
});
afterAll(async () => {
  await proxy.close();
  for (const one of [cluster, plain]) await one.close();
});

function contextOf(kubeconfig: string) {
  writeFileSync(join(folder, 'config'), kubeconfig);
  return backendContext({ config: kubernetesConfig.parse({ kubeconfig: 'config' }), folder });
}

async function namespace(kubeconfig: string): Promise<string | undefined> {
  const client = await openKubeClient(contextOf(kubeconfig), 'read');
  const found = await client.get('/api/v1/namespaces/default', callContext());
  client.close();
  return found?.metadata.name;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('an encrypted cluster', () => {
  it('is trusted by the authority of the kubeconfig', async () => {
    expect(await namespace(cluster.kubeconfig())).toBe('default');
  });

  it('is not trusted by another', async () => {
    const other = cluster
      .kubeconfig()
      .replace(
        /certificate-authority-data: .*/,
        `certificate-authority-data: ${base64(stranger.certificate)}`,
      );
    await expect(namespace(other)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The certificate of Kubernetes is not trusted here.',
    });
  });

  it('is not looked at where the kubeconfig says so, which is worth a warning', async () => {
    const blind = cluster
      .kubeconfig()
      .replace(/certificate-authority-data: .*/, 'insecure-skip-tls-verify: true');
    expect(await namespace(blind)).toBe('default');
    const findings = await examineCluster(contextOf(blind), AbortSignal.timeout(10_000));
    expect(findings.map(({ message }) => message)).toContain(
      'The kubeconfig says that the certificate of the cluster is not to be checked.',
    );
  });

  it('is shown the client certificate of the kubeconfig', async () => {
    const { certificate, key } = authority.issue('reader');
    const kubeconfig = cluster
      .kubeconfig()
      .replace(/server: .*/, `server: ${proxy.url}`)
      .replace(
        /( +)(token: .*)/,
        `$1$2\n$1client-certificate-data: ${base64(certificate)}\n$1client-key-data: ${base64(key)}`,
      );
    expect(await namespace(kubeconfig)).toBe('default');
    const without = cluster.kubeconfig().replace(/server: .*/, `server: ${proxy.url}`);
    await expect(namespace(without)).rejects.toMatchObject({
      code: 'denied',
      message: 'Kubernetes asks for a client certificate that it trusts.',
    });
  });
});
