import { type BackendContext, defineBackend } from '@devops-mcp/contract';
import { deploymentsPort, workloadsPort } from '@devops-mcp/domain';
import { deploymentsWriting } from './changes/changes.js';
import { reachOfWrite } from './changes/reach.js';
import { clientOnce } from './connection/client-once.js';
import { kubernetesDeployments } from './deployments.js';
import { examineCluster } from './examine.js';
import { type KubernetesConfig, kubernetesConfig } from './kubernetes-config.js';
import { kubernetesWorkloads } from './workloads/workloads.js';

/** One cluster: what runs in it, what was rolled out, and changes of it. */
export const kubernetesBackend = defineBackend({
  name: 'kubernetes',
  title: 'Kubernetes',
  config: kubernetesConfig,
  ports: [
    {
      port: workloadsPort,
      open: async (context: BackendContext<KubernetesConfig>) =>
        kubernetesWorkloads(clientOnce(context, 'read'), context.services),
      examine: examineCluster,
    },
    {
      port: deploymentsPort,
      open: async (context: BackendContext<KubernetesConfig>) =>
        kubernetesDeployments(clientOnce(context, 'read'), context.services, context.config),
      openWrite: async (context: BackendContext<KubernetesConfig>) => deploymentsWriting(context),
      reach: reachOfWrite,
      examine: examineCluster,
    },
  ],
});
