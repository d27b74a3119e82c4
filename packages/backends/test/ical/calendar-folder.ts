import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OnCallApi, Shift } from '@devops-mcp/domain';
import { icalBackend } from '../../src/ical/ical-backend.js';
import { backendContext, callContext } from '../alert-log/alert-log-folder.js';

/** Central Europe with both changes of a year, as calendar products write it. */
export const berlin = [
  'BEGIN:VTIMEZONE',
  'TZID:Europe/Berlin',
  'BEGIN:DAYLIGHT',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'DTSTART:19810329T020000',
  'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
  'END:DAYLIGHT',
  'BEGIN:STANDARD',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'DTSTART:19961027T030000',
  'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
  'END:STANDARD',
  'END:VTIMEZONE',
];
export const owner = 'group:default/team-payments';
let uid = 0;

export function event(...lines: readonly string[]): readonly string[] {
  uid += 1;
  const own = lines.some((line) => line.startsWith('UID:')) ? [] : [`UID:event-${uid}`];
  return ['BEGIN:VEVENT', ...own, 'DTSTAMP:20260101T000000Z', ...lines, 'END:VEVENT'];
}

export function person(name: string): string {
  return `ATTENDEE;CN=${name}:mailto:${name}@example.com`;
}

export async function openCalendars(
  calendars: readonly {
    readonly lines: readonly string[];
    readonly level?: number;
    readonly schedule?: string;
  }[],
): Promise<OnCallApi> {
  const folder = await mkdtemp(join(tmpdir(), 'ical-'));
  const configs = await Promise.all(
    calendars.map(async ({ lines, level, schedule }, at) => {
      const text = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...lines, 'END:VCALENDAR', ''];
      await writeFile(join(folder, `${at}.ics`), text.join('\r\n'));
      return { path: `${at}.ics`, schedule: schedule ?? 'payments', owners: [owner], level: level ?? 1 };
    }),
  );
  const config = icalBackend.config.parse({ calendars: configs });
  const api = await icalBackend.ports[0]?.open({ ...backendContext(folder, () => new Date(0)), config });
  // The one port of this backend is on-call.
  return api as OnCallApi;
}

export async function askShifts(api: OnCallApi, start: string, end: string) {
  const answer = await api.shifts(
    { owner, window: { start: new Date(start), end: new Date(end) } },
    callContext(),
  );
  return { ...answer, lines: answer.data.shifts.map(line), gaps: answer.data.gaps.map(span) };
}

function line(shift: Shift): string {
  return `${span(shift)} ${shift.who.replace('@example.com', '')}${shift.override ? ' override' : ''}`;
}

function span({ start, end }: { readonly start: Date; readonly end: Date }): string {
  return `${start.toISOString().slice(5, 16)}/${end.toISOString().slice(5, 16)}`;
}
