import type { BackendTable } from '@devops-mcp/contract';

/** What `use:` may name in a configuration; each is loaded when it is first used. */
export const backends: BackendTable = {
  'alert-log': async () => (await import('./alert-log/alert-log-backend.js')).alertLogBackend,
  alertmanager: async () => (await import('./alertmanager/alertmanager-backend.js')).alertmanagerBackend,
  gitops: async () => (await import('./gitops/gitops-backend.js')).gitopsBackend,
  ical: async () => (await import('./ical/ical-backend.js')).icalBackend,
  kubernetes: async () => (await import('./kubernetes/kubernetes-backend.js')).kubernetesBackend,
  markdown: async () => (await import('./markdown/markdown-backend.js')).markdownBackend,
  otlp: async () => (await import('./otlp/otlp-backend.js')).otlpBackend,
  prometheus: async () => (await import('./prometheus/prometheus-backend.js')).prometheusBackend,
  terraform: async () => (await import('./terraform/terraform-backend.js')).terraformBackend,
};
