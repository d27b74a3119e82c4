import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../src/faults/index.js';
import { type FakeCluster, startFakeCluster } from '../../src/kubernetes/index.js';
import { deployment, until } from './api-client.js';

/** An independent client. Debian has no package of it, so CI may be without; the other tests stand for themselves. */
function kubectlIsHere(): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    console.error('Skipped: kubectl is not installed');
    return false;
  }
}

describe.runIf(kubectlIsHere())('kubectl', () => {
  let cluster: FakeCluster;
  let folder: string;

  beforeAll(async () => {
    // Clients in Go send no token without TLS.
    const authority = createAuthority();
    const { certificate: cert, key } = authority.issue('127.0.0.1');
    cluster = await startFakeCluster({
      controllers: true,
      tls: { cert, key, ca: authority.certificate },
      objects: [deployment('web', 'nginx:1.0', 3)],
    });
    folder = await mkdtemp(join(tmpdir(), 'fake-cluster-'));
    await writeFile(join(folder, 'config'), cluster.kubeconfig());
    await until(() => ready() === 3);
  });
  afterAll(async () => {
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  });

  const ready = () =>
    (cluster.get('Deployment', 'shop', 'web')?.status as { readyReplicas?: number } | undefined)
      ?.readyReplicas;
  const kubectl = async (...args: string[]) => {
    const env = { ...process.env, KUBECONFIG: join(folder, 'config'), HOME: folder };
    const { stdout } = await promisify(execFile)('kubectl', ['-n', 'shop', ...args], { env });
    return stdout;
  };

  it('lists and describes', async () => {
    const listed = await kubectl('get', 'pods', '-A');
    expect(listed).toMatch(/^NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE/);
    expect(listed.match(/1\/1 +Running/g)).toHaveLength(3);
    const described = await kubectl('describe', 'deployment', 'web');
    expect(described).toMatch(/Replicas: +3 desired \| 3 updated \| 3 total \| 3 available/);
    expect(described).toContain('Scaled up replica set web-');
  });

  it('scales, restarts, undoes and follows a rollout', async () => {
    expect(await kubectl('scale', 'deployment', 'web', '--replicas=4')).toContain('scaled');
    await kubectl('set', 'image', 'deployment/web', 'server=nginx:2.0');
    expect(await kubectl('rollout', 'status', 'deployment/web', '--timeout=20s')).toContain(
      'successfully rolled out',
    );
    await kubectl('rollout', 'restart', 'deployment/web');
    expect(await kubectl('rollout', 'status', 'deployment/web', '--timeout=20s')).toContain(
      'successfully rolled out',
    );
    await kubectl('rollout', 'undo', 'deployment/web', '--to-revision=1');
    await kubectl('rollout', 'status', 'deployment/web', '--timeout=20s');
    expect(
      await kubectl(
        'get',
        'deployment',
        'web',
        '-o',
        'jsonpath={.spec.template.spec.containers[0].image} {.spec.replicas}',
      ),
    ).toBe('nginx:1.0 4');
    expect(await kubectl('rollout', 'history', 'deployment/web')).toMatch(/^2 .*\n3 .*\n4 /m);
  });

  it('deletes a pod, and changes nothing in a server-side dry run', async () => {
    const name = cluster.list('Pod', 'shop')[0]?.metadata.name ?? '';
    expect(await kubectl('delete', 'pod', name)).toContain(`pod "${name}" deleted`);
    await until(() => ready() === 4);
    expect(cluster.get('Pod', 'shop', name)).toBeUndefined();
    expect(await kubectl('scale', 'deployment', 'web', '--replicas=9', '--dry-run=server')).toContain(
      '(server dry run)',
    );
    expect(await kubectl('get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}')).toBe('4');
  });

  it('applies from the client and from the server', async () => {
    const file = join(folder, 'api.json');
    await writeFile(file, JSON.stringify(deployment('api')));
    expect(await kubectl('apply', '-f', file)).toContain('created');
    expect(await kubectl('apply', '-f', file)).toContain('unchanged');
    await kubectl('scale', 'deployment', 'api', '--replicas=5');
    await expect(kubectl('apply', '--server-side', '-f', file)).rejects.toThrow(
      /conflict with "kubectl" with subresource "scale" using apps\/v1: \.spec\.replicas/,
    );
  });
});
