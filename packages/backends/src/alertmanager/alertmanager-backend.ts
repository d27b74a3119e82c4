import { defineBackend } from '@devops-mcp/contract';
import { alertmanagerConfig } from './alertmanager-config.js';

export const alertmanagerBackend = defineBackend({
  name: 'alertmanager',
  title: 'Alertmanager',
  config: alertmanagerConfig,
  ports: [],
});
