import type { BackendContext } from '@devops-mcp/contract';
import type { KubernetesConfig } from '../kubernetes-config.js';
import type { KubeClient } from './kube-client.js';
import { openKubeClient } from './open-kube-client.js';

export type OpenClient = () => Promise<KubeClient>;

/** Opens on first use and remembers; a failure is tried again by the next call. */
export function clientOnce(context: BackendContext<KubernetesConfig>, side: 'read' | 'write'): OpenClient {
  let opening: Promise<KubeClient> | undefined;
  return () => {
    opening ??= openKubeClient(context, side).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
}
