import { readFile, stat } from 'node:fs/promises';
import {
  type BackendContext,
  type BackendDefinition,
  type CallContext,
  defineBackend,
  type PartialFailure,
  ToolError,
} from '@devops-mcp/contract';
import { type Answer, type OnCallApi, onCallPort, type Shift, type Window } from '@devops-mcp/domain';
import { examinePaths } from '../examine-paths.js';
import { applyOverrides, gapsIn } from './apply-overrides.js';
import { type Duty, expandSeries } from './expand-series.js';
import { type CalendarConfig, type IcalConfig, icalConfig } from './ical-config.js';
import { type Calendar, readCalendar } from './read-calendar.js';

const largestFileBytes = 10 * 1024 * 1024;
const mostShifts = 2000;
const eventBudgetMs = 1_000;
const calendarBudgetMs = 5_000;

/** On-call schedules from iCalendar files, which on-call products export. Addresses are not read. */
export const icalBackend: BackendDefinition = defineBackend({
  name: 'ical',
  title: 'iCalendar files',
  config: icalConfig,
  ports: [
    {
      port: onCallPort,
      open: async (context) => openCalendars(context),
      examine: examinePaths<IcalConfig>(({ calendars }) => calendars.map(({ path }) => path)),
    },
  ],
});

interface CachedCalendar {
  readonly stamp: string;
  readonly calendar: Calendar;
}

type Query = Parameters<OnCallApi['shifts']>[0];

function openCalendars(context: BackendContext<IcalConfig>): OnCallApi {
  const cache = new Map<string, CachedCalendar>();
  return {
    async shifts(query, call) {
      const chosen = choose(context.config.calendars, query);
      const hints: string[] = [];
      const partial: PartialFailure[] = [];
      // Overrides may be kept in a calendar of their own beside the schedule's.
      const duties = new Map<string, { readonly config: CalendarConfig; readonly duties: Duty[] }>();
      let timeZone: string | undefined;
      for (const config of chosen) {
        try {
          const calendar = await load(context.resolvePath(config.path), cache, call);
          timeZone ??= calendar.timeZone;
          hints.push(...calendar.hints.map((hint) => `${config.schedule}: ${hint}`));
          const found = dutiesOf(calendar, query.window, call);
          if (found.skipped > 0)
            hints.push(
              `${config.schedule}: missing events whose rule could not be expanded: ${found.skipped}.`,
            );
          const key = JSON.stringify([config.schedule, config.level]);
          const entry = duties.get(key) ?? { config, duties: [] };
          entry.duties.push(...found.duties);
          duties.set(key, entry);
        } catch (error) {
          call.signal.throwIfAborted();
          partial.push({ backend: 'ical', reason: `The calendar of ${config.schedule} cannot be read.` });
          if (partial.length === chosen.length) throw unreadable(config, error);
        }
      }
      const shifts = [...duties.values()].flatMap((entry) =>
        applyOverrides(entry.duties).flatMap((duty) => asShifts(duty, entry.config)),
      );
      return answerOf(shifts, chosen, query.window, timeZone ?? 'UTC', hints, partial);
    },
  };
}

function choose(calendars: readonly CalendarConfig[], query: Query): readonly CalendarConfig[] {
  const chosen = calendars.filter(
    ({ schedule, owners }) =>
      (query.schedule === undefined || schedule === query.schedule) &&
      (query.owner === undefined ||
        owners.some((owner) => groupName(owner) === groupName(query.owner ?? ''))),
  );
  if (chosen.length > 0) return chosen;
  const asked = query.owner ?? query.schedule ?? 'nobody';
  throw new ToolError('not_found', `No on-call schedule is configured for ${asked}.`, {
    hint: `Schedules: ${calendars
      .slice(0, 10)
      .map(({ schedule, owners }) => `${schedule} (${owners.join(', ')})`)
      .join('; ')}.`,
  });
}

/** `group:default/team-payments`, `default/team-payments` and `team-payments` are the same group (Backstage). */
function groupName(reference: string): string {
  return reference
    .toLowerCase()
    .replace(/^group:/, '')
    .replace(/^default\//, '');
}

async function load(path: string, cache: Map<string, CachedCalendar>, call: CallContext): Promise<Calendar> {
  const { mtimeMs, size, ino } = await stat(path);
  if (size > largestFileBytes) throw new Error('the calendar is larger than 10 MiB');
  const stamp = `${mtimeMs}:${size}:${ino}`;
  const known = cache.get(path);
  if (known?.stamp === stamp) return known.calendar;
  const calendar = readCalendar(await readFile(path, { encoding: 'utf8', signal: call.signal }));
  cache.set(path, { stamp, calendar });
  return calendar;
}

function dutiesOf(
  calendar: Calendar,
  window: Window,
  call: CallContext,
): { readonly duties: readonly Duty[]; readonly skipped: number } {
  const started = performance.now();
  const duties: Duty[] = [];
  let skipped = 0;
  for (const series of calendar.series) {
    call.signal.throwIfAborted();
    const left = Math.floor(calendarBudgetMs - (performance.now() - started));
    const found =
      left < 1 ? undefined : expand(series, window, calendar.timeZone, Math.min(left, eventBudgetMs));
    if (found) duties.push(...found);
    else skipped += 1;
  }
  return { duties, skipped };
}

/** One event with values that the library cannot work with must not take the rota with it. */
function expand(...call: Parameters<typeof expandSeries>): readonly Duty[] | undefined {
  try {
    return expandSeries(...call);
  } catch {
    return undefined;
  }
}

function asShifts(duty: Duty, config: CalendarConfig): readonly Shift[] {
  const { start, end, override } = duty;
  const who = duty.who.length > 0 ? duty.who : ['(nobody named)'];
  return who.map((person) => ({
    who: person,
    schedule: config.schedule,
    start,
    end,
    level: config.level,
    override,
  }));
}

function answerOf(
  shifts: readonly Shift[],
  chosen: readonly CalendarConfig[],
  window: Window,
  timeZone: string,
  hints: readonly string[],
  partial: readonly PartialFailure[],
): Awaited<ReturnType<OnCallApi['shifts']>> {
  const first = Math.min(...chosen.map(({ level }) => level));
  const gaps = gapsIn(
    window,
    shifts.filter(({ level }) => level === first),
  );
  const inOrder = shifts.toSorted((a, b) => a.start.getTime() - b.start.getTime() || a.level - b.level);
  const answer: Answer<{ timeZone: string; shifts: readonly Shift[]; gaps: readonly Window[] }> = {
    data: { timeZone, shifts: inOrder.slice(0, mostShifts), gaps },
    source: { backend: 'ical', query: chosen.map(({ path }) => path).join(', ') },
    ...(shifts.length > mostShifts
      ? {
          truncation: {
            returned: mostShifts,
            total: shifts.length,
            more: true,
            howToGetMore: 'take a shorter window',
          },
        }
      : {}),
    ...(hints.length > 0 ? { hints } : {}),
    ...(partial.length > 0 ? { partial } : {}),
  };
  return answer;
}

function unreadable(config: CalendarConfig, cause: unknown): ToolError {
  return new ToolError('unavailable', `The calendar ${config.path} cannot be read.`, {
    hint: 'Check the path of the onCall port in the configuration, and that the file is iCalendar (RFC 5545).',
    cause,
  });
}
