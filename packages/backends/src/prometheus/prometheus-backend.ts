import { defineBackend } from '@devops-mcp/contract';
import { prometheusConfig } from './prometheus-config.js';

export const prometheusBackend = defineBackend({
  name: 'prometheus',
  title: 'Prometheus',
  config: prometheusConfig,
  ports: [],
});
