import type { BackendTable } from '@devops-mcp/contract';

/** What `use:` may name in a configuration; each is loaded when it is first used. */
export const backends: BackendTable = {
  'alert-log': async () => (await import('./alert-log/alert-log-backend.js')).alertLogBackend,
  ical: async () => (await import('./ical/ical-backend.js')).icalBackend,
  markdown: async () => (await import('./markdown/markdown-backend.js')).markdownBackend,
};
