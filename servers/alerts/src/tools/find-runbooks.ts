import { defineTool, envelope, noEnvironment, serviceName, ToolError } from '@devops-mcp/contract';
import {
  frameAnswer,
  knowledgePort,
  knownFields,
  oneLine,
  quoteInline,
  renderNotes,
  requireService,
  servicesPort,
  truncationField,
} from '@devops-mcp/domain';
import { z } from 'zod';
import { rankRunbooks } from '../matching/rank-runbooks.js';
import { takeBest } from '../matching/take-best.js';

const output = envelope(
  z.object({
    examined: z.number(),
    /** Best first; empty when none matches. */
    runbooks: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        /** `runbook://<id>`, a resource of this server. */
        uri: z.string(),
        score: z.number(),
        why: z.array(z.string()),
        freshness: z.enum(['fresh', 'stale', 'never_reviewed']),
        reviewed: z.string().optional(),
        services: z.array(z.string()),
        steps: z.number(),
      }),
    ),
  }),
);

export const findRunbooks = defineTool({
  name: 'find_runbooks',
  title: 'Find runbooks',
  description: 'Runbooks for a service, an alert or a symptom: ranked, with why and how fresh. May be none.',
  riskTier: 1,
  ports: { knowledge: knowledgePort, services: servicesPort },
  input: z.strictObject({
    service: serviceName.optional(),
    alert: z.string().min(1).max(200).optional().describe('Alert name'),
    text: z.string().min(2).max(500).optional().describe('Symptom'),
    limit: z.number().int().min(1).max(20).default(5),
  }),
  output,
  limits: { timeoutMs: 15_000, outputBytes: 24_000 },
  target: ({ service }) => ({ environment: noEnvironment, services: service ? [service] : [] }),
  async run({ input, ports, ...context }) {
    if (input.service === undefined && input.alert === undefined && input.text === undefined) {
      throw new ToolError('invalid_input', 'Say what the runbook is for.', {
        hint: 'Give service, alert or text.',
      });
    }
    if (input.service !== undefined)
      await requireService({ service: input.service, catalog: ports.services });
    const answer = await ports.knowledge.runbooks(context);
    const ranked = rankRunbooks(answer.data, input, ports.services, context.now);
    const { best, truncation } = takeBest(ranked, input.limit);
    const runbooks = best.map(({ runbook, score, why, freshness }) =>
      knownFields({
        id: runbook.id,
        title: runbook.title,
        uri: `runbook://${encodeURIComponent(runbook.id)}`,
        score,
        why: [...why],
        freshness,
        reviewed: runbook.reviewed?.toISOString().slice(0, 10),
        services: [...runbook.services],
        steps: runbook.steps.length,
      }),
    );
    return {
      data: { examined: answer.data.length, runbooks },
      ...frameAnswer(answer).fields,
      ...truncationField(truncation),
    };
  },
  render(answer) {
    const { runbooks, examined } = answer.data;
    return [
      runbooks.length === 0
        ? `None of ${examined} runbooks matches.`
        : `${runbooks.length} of ${examined} runbooks:`,
      ...runbooks.flatMap(({ score, title, uri, why, freshness, reviewed, steps }) => [
        `${score}  ${quoteInline(title)} ${uri} (${steps} steps)`,
        `    ${oneLine(why.join('; '))}; ${reviewed === undefined ? 'never reviewed' : `${freshness}, reviewed ${reviewed}`}`,
      ]),
      renderNotes(answer),
    ].join('\n');
  },
});
