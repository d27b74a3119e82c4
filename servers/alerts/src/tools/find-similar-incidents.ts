import { defineTool, envelope, noEnvironment, serviceName, severity, ToolError } from '@devops-mcp/contract';
import {
  cutText,
  frameAnswer,
  type Incident,
  knowledgePort,
  knownFields,
  oneLine,
  quoteInline,
  renderNotes,
  requireService,
  servicesPort,
  showSeconds,
  truncationField,
} from '@devops-mcp/domain';
import { z } from 'zod';
import { rankIncidents } from '../matching/rank-incidents.js';
import { takeBest } from '../matching/take-best.js';

const output = envelope(
  z.object({
    examined: z.number(),
    /** Most similar first; empty when none is. */
    incidents: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        /** `incident://<id>`, a resource of this server. */
        uri: z.string(),
        score: z.number(),
        why: z.array(z.string()),
        status: z.enum(['open', 'mitigated', 'resolved']),
        severity,
        kind: z.string().optional(),
        started: z.string(),
        durationSeconds: z.number().optional(),
        resolution: z.string().optional(),
      }),
    ),
  }),
);

export const findSimilarIncidents = defineTool({
  name: 'find_similar_incidents',
  title: 'Find similar incidents',
  description:
    'Past incidents like this one: ranked, with why, how long it took and what helped. May be none.',
  riskTier: 1,
  ports: { knowledge: knowledgePort, services: servicesPort },
  input: z.strictObject({
    service: serviceName.optional(),
    alerts: z.array(z.string().min(1).max(200)).max(10).default([]).describe('Alert names'),
    kind: z.string().min(1).max(60).optional().describe('e.g. bad_deployment'),
    text: z.string().min(2).max(500).optional().describe('Symptom'),
    limit: z.number().int().min(1).max(20).default(5),
  }),
  output,
  limits: { timeoutMs: 15_000, outputBytes: 24_000 },
  target: ({ service }) => ({ environment: noEnvironment, services: service ? [service] : [] }),
  async run({ input, ports, ...context }) {
    const { service, alerts, kind, text } = input;
    if (service === undefined && alerts.length === 0 && kind === undefined && text === undefined) {
      throw new ToolError('invalid_input', 'Say what the incidents should be like.', {
        hint: 'Give service, alerts, kind or text.',
      });
    }
    if (service !== undefined) await requireService({ service, catalog: ports.services });
    const answer = await ports.knowledge.incidents(context);
    const ranked = rankIncidents(answer.data, input, ports.services);
    const { best, truncation } = takeBest(ranked, input.limit);
    const incidents = best.map(({ incident, score, why }) => ({ ...show(incident), score, why: [...why] }));
    return {
      data: { examined: answer.data.length, incidents },
      ...frameAnswer(answer).fields,
      ...truncationField(truncation),
    };
  },
  render(answer) {
    const { incidents, examined } = answer.data;
    return [
      incidents.length === 0
        ? `None of ${examined} incidents is similar.`
        : `${incidents.length} of ${examined} incidents:`,
      ...incidents.flatMap((one) => [
        `${one.score}  ${oneLine(one.id)} ${one.started.slice(0, 10)} ${one.severity} ${quoteInline(one.title)} ${one.status}${one.durationSeconds === undefined ? '' : ` after ${showSeconds(one.durationSeconds)}`}`,
        `    ${oneLine(one.why.join('; '))}`,
        `    ${one.resolution ? `what helped: ${quoteInline(one.resolution, 300)}` : 'no resolution recorded'}`,
      ]),
      renderNotes(answer),
    ].join('\n');
  },
});

function show(incident: Incident) {
  const { id, title, status, severity: level, kind, started, resolved, resolution } = incident;
  return knownFields({
    id,
    title,
    uri: `incident://${encodeURIComponent(id)}`,
    status,
    severity: level,
    kind,
    started: started.toISOString(),
    durationSeconds: resolved ? Math.round((resolved.getTime() - started.getTime()) / 1000) : undefined,
    resolution: resolution === null ? undefined : cutText(resolution, 500),
  });
}
