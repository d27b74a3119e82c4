import type { ActionPlan, JsonObject } from '@devops-mcp/contract';
import type { Incident, NewIncident } from '@devops-mcp/domain';
import { stringify } from 'yaml';
import { z } from 'zod';

const texts = z.array(z.string().min(1).max(500)).max(50);

/** A change as `apply` receives it; parsed again there, since it has travelled. */
export const incidentChange = z.strictObject({
  kind: z.literal('create_incident'),
  /** Also the name of the file, hence the narrow alphabet. */
  id: z.string().regex(/^INC-[0-9]{1,9}$/),
  title: z.string().min(1).max(500),
  severity: z.enum(['critical', 'high', 'medium', 'low', 'info']),
  environment: z.string().min(1).max(100),
  services: texts,
  alerts: texts,
  summary: z.string().max(10_000),
  /** Null: when the record is made. */
  started: z.iso.datetime().nullable(),
});

export type IncidentChange = z.output<typeof incidentChange>;

export type IncidentPlan = Pick<
  ActionPlan<JsonObject>,
  'change' | 'observed' | 'summary' | 'diff' | 'warnings'
>;

/** Plans the record with the next free number; `taken` are the ids and file names that there are. */
export function planIncidentChange(
  query: NewIncident,
  taken: readonly string[],
  open: readonly Incident[],
): IncidentPlan {
  const numbers = taken.flatMap((name) => /^INC-([0-9]{1,9})(?![0-9])/i.exec(name)?.[1] ?? []);
  const highest = Math.max(0, ...numbers.map(Number));
  const width = Math.max(1, ...numbers.map((digits) => digits.length));
  const id = `INC-${String(highest + 1).padStart(width, '0')}`;
  const change: JsonObject = {
    kind: 'create_incident',
    id,
    title: query.title,
    severity: query.severity,
    environment: query.environment,
    services: [...query.services],
    alerts: [...query.alerts],
    summary: query.summary,
    started: query.started?.toISOString() ?? null,
  };
  const lines = renderIncident(incidentChange.parse(change), {
    at: '(when it is made)',
    by: '(the requester)',
    key: '(from the proposal)',
  });
  const similar = open.filter(({ services }) => services.some((service) => query.services.includes(service)));
  return {
    change,
    observed: { highest },
    summary: `Create incident ${id}: ${query.title}`,
    diff: lines
      .trimEnd()
      .split('\n')
      .map((line) => `+${line}`)
      .join('\n'),
    warnings: similar
      .slice(0, 3)
      .map((one) => `${one.id} (${one.title}) is still open for the same service.`),
  };
}

/** The whole file. The summary is quoted line by line, so that no text of it counts as a section. */
export function renderIncident(
  change: IncidentChange,
  made: { readonly at: string; readonly by: string; readonly key: string },
): string {
  const { id, title, severity, environment, services, alerts } = change;
  const fields = {
    id,
    title,
    status: 'open',
    severity,
    environment,
    services,
    alerts,
    started: change.started ?? made.at,
    recorded: made.at,
    recordedBy: made.by,
    idempotencyKey: made.key,
  };
  const summary = change.summary.split('\n').map((line) => `> ${line}`.trimEnd());
  return [
    `---\n${stringify(fields, { lineWidth: 0 })}---`,
    '',
    `# ${oneLine(title)}`,
    '',
    ...summary,
    '',
    '## Timeline',
    '',
    `- ${made.at} ${oneLine(made.by)}: Incident recorded`,
    '',
  ].join('\n');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
