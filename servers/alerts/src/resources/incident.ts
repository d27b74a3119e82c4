import { defineResource, noEnvironment } from '@devops-mcp/contract';
import { knowledgePort, oneLine } from '@devops-mcp/domain';
import { z } from 'zod';
import { completeIncident } from './complete-record.js';
import { findRecord } from './find-record.js';

const mostListed = 50;

export const incident = defineResource({
  name: 'incident',
  title: 'Incident',
  description: 'An incident record as it was written.',
  uriTemplate: 'incident://{id}',
  mimeType: 'text/markdown',
  riskTier: 1,
  ports: { knowledge: knowledgePort },
  params: z.strictObject({ id: z.string().min(1).max(200) }),
  limits: { timeoutMs: 15_000, outputBytes: 80_000 },
  complete: { id: completeIncident },
  target: () => ({ environment: noEnvironment, services: [] }),
  async read({ params, ports, ...context }) {
    const found = findRecord('incident', params.id, (await ports.knowledge.incidents(context)).data);
    const facts = [
      `${found.status}, ${found.severity}`,
      found.environment ? `environment: ${found.environment}` : '',
      `services: ${found.services.join(', ') || 'none named'}`,
      found.alerts.length > 0 ? `alerts: ${found.alerts.join(', ')}` : '',
      `started: ${found.started.toISOString()}`,
      found.resolved ? `resolved: ${found.resolved.toISOString()}` : '',
      found.kind ? `kind: ${found.kind}` : '',
    ];
    const shown = facts.filter((fact) => fact !== '').join('; ');
    return `# ${oneLine(`${found.id} ${found.title}`)}\n\n${oneLine(shown)}\n\n${found.body}`;
  },
  /** Newest first: those are asked for. */
  async list({ ports, ...context }) {
    const { data } = await ports.knowledge.incidents(context);
    return data
      .toSorted((a, b) => b.started.getTime() - a.started.getTime())
      .slice(0, mostListed)
      .map(({ id, title }) => ({
        uri: `incident://${encodeURIComponent(id)}`,
        name: oneLine(`${id} ${title}`),
      }));
  },
});
