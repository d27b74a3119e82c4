import { defineTool, envelope, noEnvironment, serviceName, ToolError } from '@devops-mcp/contract';
import { frameAnswer, onCallPort, parseTime, requireService, servicesPort } from '@devops-mcp/domain';
import { z } from 'zod';
import { renderSchedule } from '../schedule/render-schedule.js';
import { type Duty, summariseShifts } from '../schedule/summarise-shifts.js';

const dayMs = 86_400_000;
const mostRows = 20;
/** Asked for at least, so that whoever comes next after a long shift is found. */
const nextDays = 35;

const withoutOwner =
  'No catalog says who owns it: this is the schedule of the same name. A catalog finds the one of its owner.';

const duty = z.object({
  level: z.number(),
  who: z.string(),
  schedule: z.string(),
  start: z.string(),
  end: z.string(),
  override: z.boolean(),
});

const scheduleAnswer = envelope(
  z.object({
    service: z.string(),
    /** Absent where no catalog knows it: the schedule of the service's own name is shown then. */
    owner: z.string().optional(),
    /** IANA name; the times are UTC. */
    timeZone: z.string(),
    at: z.string(),
    /** Overrides and gaps are those up to here. */
    until: z.string(),
    /** In order of escalation: level 1 is paged first. */
    now: z.array(duty),
    next: z.array(duty),
    overrides: z.array(duty),
    gaps: z.array(z.object({ start: z.string(), end: z.string() })),
  }),
);
export type ScheduleAnswer = z.output<typeof scheduleAnswer>;

export const getOnCallSchedule = defineTool({
  name: 'get_on_call_schedule',
  title: 'On-call schedule',
  description:
    "Who is on call for a service's owner now and until when, who is next, escalation levels, overrides and gaps.",
  riskTier: 1,
  ports: { onCall: onCallPort, services: servicesPort },
  input: z.strictObject({
    service: serviceName,
    at: z.string().max(40).default('now').describe('Moment, RFC 3339'),
    days: z.number().int().min(1).max(31).default(7).describe('Days ahead'),
  }),
  output: scheduleAnswer,
  limits: { timeoutMs: 15_000, outputBytes: 24_000 },
  target: ({ service }) => ({ environment: noEnvironment, services: [service] }),
  async run({ input, ports, ...context }) {
    await requireService({ service: input.service, catalog: ports.services });
    const entry = ports.services.get(input.service);
    const owner = entry?.owner ?? undefined;
    if (entry && !owner) {
      throw new ToolError('not_found', `${input.service} has no owner in the catalog.`, {
        hint: 'Set spec.owner in its catalog-info.yaml: the schedule is found through the owner.',
      });
    }
    const at = parseTime(input.at, context.now);
    const until = new Date(at.getTime() + input.days * dayMs);
    const window = { start: at, end: new Date(at.getTime() + Math.max(input.days, nextDays) * dayMs) };
    const whose = owner === undefined ? { schedule: input.service } : { owner };
    const answer = await ports.onCall.shifts({ ...whose, window }, context);
    const { shifts, gaps, timeZone } = answer.data;
    const summary = summariseShifts(shifts, at);
    const hints = [
      ...(summary.now.length === 0 ? ['Nobody is on call at this moment.'] : []),
      ...(owner === undefined ? [withoutOwner] : []),
      ...(answer.hints ?? []),
    ];
    return {
      data: {
        service: input.service,
        ...(owner === undefined ? {} : { owner }),
        timeZone,
        at: at.toISOString(),
        until: until.toISOString(),
        now: summary.now.slice(0, mostRows).map(show),
        next: summary.next.slice(0, mostRows).map(show),
        overrides: summary.overrides
          .filter(({ start }) => start < until)
          .slice(0, mostRows)
          .map(show),
        gaps: gaps
          .filter(({ start }) => start < until)
          .slice(0, mostRows)
          .map(({ start, end }) => ({
            start: start.toISOString(),
            end: (end < until ? end : until).toISOString(),
          })),
      },
      ...frameAnswer({ ...answer, hints }).fields,
    };
  },
  render: renderSchedule,
});

function show({ level, who, schedule, start, end, override }: Duty): z.output<typeof duty> {
  return { level, who, schedule, start: start.toISOString(), end: end.toISOString(), override };
}
