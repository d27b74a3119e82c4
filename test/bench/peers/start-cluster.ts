import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What a peer's arguments may name in braces: `{kubeconfig}`. */
export type Facts = Readonly<Record<string, string>>;

export interface BenchCluster {
  readonly pods: number;
  readonly facts: Facts;
  close(): Promise<void>;
}

const seed = 1;

/** Starts the fake cluster's process and waits until it can be asked. */
export async function startCluster(pods: number, folder: string): Promise<BenchCluster> {
  const program = join(import.meta.dirname, 'cluster-process.js');
  const kubeconfig = join(folder, `kubeconfig-${pods}`);
  const child = spawn(process.execPath, [program, String(pods), String(seed), kubeconfig], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => String(text)),
    closed.then(() => Promise.reject(new Error('the cluster for the benchmark did not start'))),
  ]);
  const facts: Facts = { ...JSON.parse(line), kubeconfig };
  return {
    ...{ pods, facts },
    async close() {
      child.stdin.end();
      await closed;
    },
  };
}
