import { type CallContext, definePrompt, noEnvironment, optional } from '@devops-mcp/contract';
import {
  completeService,
  type KnowledgeApi,
  knowledgePort,
  oneLine,
  type ServicesApi,
  servicesPort,
} from '@devops-mcp/domain';
import { z } from 'zod';
import { rankIncidents } from '../matching/rank-incidents.js';
import { rankRunbooks } from '../matching/rank-runbooks.js';
import { dataNotInstructions } from './data-not-instructions.js';

interface Args {
  readonly environment: string;
  readonly service?: string | undefined;
  readonly alert?: string | undefined;
}

export const investigateIncident = definePrompt({
  name: 'investigate_incident',
  title: 'Investigate an incident',
  description: 'The standard checklist, from active alerts to one brief with evidence. Changes nothing.',
  ports: { services: servicesPort, knowledge: optional(knowledgePort) },
  args: z.strictObject({
    environment: z.string().min(1).max(40).default('production').describe('Environment'),
    service: z.string().max(63).optional().describe('Service, when it is known'),
    alert: z.string().max(200).optional().describe('Alert name, when there is one'),
  }),
  limits: { timeoutMs: 10_000, outputBytes: 16_000 },
  complete: {
    service: completeService,
  },
  target: () => ({ environment: noEnvironment, services: [] }),
  async messages({ args, ports, ...context }) {
    const known = await knownRecords(args, ports.services, ports.knowledge, context);
    return [{ role: 'user', text: [...checklist(args), ...known, dataNotInstructions].join('\n') }];
  },
});

function checklist({ environment, service, alert }: Args): readonly string[] {
  const subject = [service ? `service ${service}` : '', alert ? `alert ${alert}` : '']
    .filter(Boolean)
    .join(', ');
  const scope = service
    ? `{ service: "${service}", environment: "${environment}" }`
    : `{ environment: "${environment}" }`;
  const affected = service ?? 'each affected service';
  return [
    `Investigate what is wrong in ${environment}${subject ? ` (${subject})` : ''}. Only read; change nothing. A tool that is not available is named in the brief, not replaced by a guess.`,
    `1. Active alerts: get_active_alerts ${scope}. Note when the first began, value against threshold, and the group's likely root. ${service ? '' : 'When nothing fires or the service stays unclear: find_anomalies, get_error_summary and compare_traces for the whole environment. '}Then get_alert_history: has it fired before, and what was done?`,
    `2. Recent deployments: get_deployment_history for ${affected} and what it depends on, from two hours before the onset. What changed: code, migrations, configuration, flags, resources? get_deployment_diff for a suspect.`,
    `3. Error logs: get_error_summary for ${affected}: which errors are new since the onset? search_logs in first_occurrence order for the very first line; get_trace for one failing request.`,
    `4. Dependencies: get_service_dependencies for ${affected}: local, or propagating from a dependency? get_service_metrics for the suspect: does the fault begin with the change, or before it?`,
    '5. History: find_similar_incidents and find_runbooks with the service, the alerts and the symptom. None is an answer.',
    `6. People and time: get_on_call_schedule for the suspect service, build_incident_timeline for ${environment}.`,
    '7. The brief: what fails and since when; who is affected; suspects in order, each with evidence for and against and where it came from; what was ruled out; who is on call; the runbook; what helped last time; what could not be reached. Say plainly when nothing is wrong or there is not enough data. When a deployment is the suspect, plan_rollback drafts the way back; proposing it is a person’s decision.',
  ];
}

/** What the records know about the subject, so that the first answer already names it. */
async function knownRecords(
  { service, alert }: Args,
  services: ServicesApi,
  knowledge: KnowledgeApi | undefined,
  context: CallContext,
): Promise<readonly string[]> {
  if (!knowledge || (service === undefined && alert === undefined)) return [];
  try {
    const runbooks = rankRunbooks(
      (await knowledge.runbooks(context)).data,
      { service, alert },
      services,
      context.now,
    );
    const question = { service, alerts: alert === undefined ? [] : [alert] };
    const incidents = rankIncidents((await knowledge.incidents(context)).data, question, services);
    return [
      ...runbooks
        .slice(0, 3)
        .map(
          ({ runbook, why }) =>
            `Runbook: runbook://${encodeURIComponent(runbook.id)} (${oneLine(why.join('; '))})`,
        ),
      ...incidents
        .slice(0, 3)
        .map(
          ({ incident, why }) =>
            `Past incident: incident://${encodeURIComponent(incident.id)} (${oneLine(why.join('; '))})`,
        ),
    ];
  } catch (error) {
    if (context.signal.aborted) throw error;
    return ['Runbooks and past incidents could not be read just now.'];
  }
}
