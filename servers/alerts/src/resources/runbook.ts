import { defineResource, noEnvironment } from '@devops-mcp/contract';
import { knowledgePort, oneLine } from '@devops-mcp/domain';
import { z } from 'zod';
import { completeRunbook } from './complete-record.js';
import { findRecord } from './find-record.js';

const mostListed = 100;

export const runbook = defineResource({
  name: 'runbook',
  title: 'Runbook',
  description: 'A runbook as it was written.',
  uriTemplate: 'runbook://{id}',
  mimeType: 'text/markdown',
  riskTier: 1,
  ports: { knowledge: knowledgePort },
  params: z.strictObject({ id: z.string().min(1).max(200) }),
  limits: { timeoutMs: 15_000, outputBytes: 80_000 },
  complete: { id: completeRunbook },
  target: () => ({ environment: noEnvironment, services: [] }),
  async read({ params, ports, ...context }) {
    const found = findRecord('runbook', params.id, (await ports.knowledge.runbooks(context)).data);
    const facts = [
      found.services.length > 0 ? `services: ${found.services.join(', ')}` : 'services: any',
      found.alerts.length > 0 ? `alerts: ${found.alerts.join(', ')}` : '',
      `reviewed: ${found.reviewed?.toISOString().slice(0, 10) ?? 'never'}`,
    ];
    const shown = facts.filter((fact) => fact !== '').join('; ');
    return `# ${oneLine(found.title)}\n\n${oneLine(shown)}\n\n${found.body}`;
  },
  async list({ ports, ...context }) {
    const { data } = await ports.knowledge.runbooks(context);
    return data
      .slice(0, mostListed)
      .map(({ id, title }) => ({ uri: `runbook://${encodeURIComponent(id)}`, name: oneLine(title) }));
  },
});
