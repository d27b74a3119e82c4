import { defineBackend } from '@devops-mcp/contract';
import { kubernetesConfig } from './kubernetes-config.js';

export const kubernetesBackend = defineBackend({
  name: 'kubernetes',
  title: 'Kubernetes',
  config: kubernetesConfig,
  ports: [],
});
