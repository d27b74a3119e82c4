import { defineResource, noEnvironment } from '@devops-mcp/contract';
import { knowledgePort } from '@devops-mcp/domain';
import { z } from 'zod';
import { completeId, findRecord } from './find-record.js';

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
  complete: {
    id: async ({ value, ports, ...context }) =>
      completeId(
        (await ports.knowledge.runbooks(context)).data.map(({ id }) => id),
        value,
      ),
  },
  target: () => ({ environment: noEnvironment, services: [] }),
  async read({ params, ports, ...context }) {
    const found = findRecord('runbook', params.id, (await ports.knowledge.runbooks(context)).data);
    const facts = [
      found.services.length > 0 ? `services: ${found.services.join(', ')}` : 'services: any',
      found.alerts.length > 0 ? `alerts: ${found.alerts.join(', ')}` : '',
      `reviewed: ${found.reviewed?.toISOString().slice(0, 10) ?? 'never'}`,
    ];
    return `# ${found.title}\n\n${facts.filter((fact) => fact !== '').join('; ')}\n\n${found.body}`;
  },
  async list({ ports, ...context }) {
    const { data } = await ports.knowledge.runbooks(context);
    return data
      .slice(0, mostListed)
      .map(({ id, title }) => ({ uri: `runbook://${encodeURIComponent(id)}`, name: title }));
  },
});
