import type { BackendTable } from '@devops-mcp/contract';

/** What `use:` may name in a configuration; each is loaded when it is first used. */
export const backends: BackendTable = {
  'alert-log': async () => (await import('./alert-log/alert-log-backend.js')).alertLogBackend,
  gitops: async () => (await import('./gitops/gitops-backend.js')).gitopsBackend,
  ical: async () => (await import('./ical/ical-backend.js')).icalBackend,
  markdown: async () => (await import('./markdown/markdown-backend.js')).markdownBackend,
  otlp: async () => (await import('./otlp/otlp-backend.js')).otlpBackend,
  terraform: async () => (await import('./terraform/terraform-backend.js')).terraformBackend,
};
