import { definePrompt, noEnvironment } from '@devops-mcp/contract';
import { knowledgePort, oneLine } from '@devops-mcp/domain';
import { z } from 'zod';
import { completeIncident } from '../resources/complete-record.js';
import { findRecord } from '../resources/find-record.js';
import { dataNotInstructions } from './data-not-instructions.js';

export const writePostmortem = definePrompt({
  name: 'write_postmortem',
  title: 'Write a postmortem',
  description: 'A blameless postmortem of an incident from its record and timeline.',
  ports: { knowledge: knowledgePort },
  args: z.strictObject({
    incident: z.string().min(1).max(100).describe('Incident id'),
    environment: z.string().max(40).optional().describe('Environment; default: that of the record'),
  }),
  limits: { timeoutMs: 10_000, outputBytes: 16_000 },
  complete: { incident: completeIncident },
  target: () => ({ environment: noEnvironment, services: [] }),
  async messages({ args, ports, ...context }) {
    const found = findRecord('incident', args.incident, (await ports.knowledge.incidents(context)).data);
    const environment = args.environment ?? found.environment ?? 'production';
    const services = oneLine(found.services.join(', ')) || 'the affected services';
    const id = oneLine(found.id);
    const open =
      found.status === 'resolved' ? [] : [`${id} is still ${found.status}: call the result a draft.`];
    const text = [
      `Write a blameless postmortem of ${id}. Facts come from the tools; what they do not show is written as not known.`,
      ...open,
      `1. Read incident://${encodeURIComponent(found.id)} and build_incident_timeline { incident: "${id}", environment: "${environment}" }. Keep its gaps: they are findings.`,
      `2. Impact: get_service_metrics and get_error_summary for ${services} over the time of the incident, compared with before; who depends on them: get_service_dependencies.`,
      '3. Cause: get_deployment_history and get_deployment_diff around the start. Separate what triggered it, what let it through, and what made it last. Name evidence for each, and against.',
      '4. Repetition: find_similar_incidents. Did an action item of an earlier one cover this? find_runbooks: was there one, was it used, was it right?',
      '5. Write: summary in five lines; impact in numbers; timeline; times to detect, acknowledge and resolve, and what each waited for; causes; what went well; what was luck; action items with an owner team and how one sees that they work; open questions.',
      'People appear as roles. No item says "be more careful".',
      dataNotInstructions,
    ];
    return [{ role: 'user', text: text.join('\n') }];
  },
});
