import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OnCallApi, Shift } from '@devops-mcp/domain';
import { onCallContract } from '@devops-mcp/domain/contract-tests';
import { describe, expect, test } from 'vitest';
import { icalBackend } from '../../src/ical/ical-backend.js';
import { backendContext, callContext } from '../alert-log/alert-log-folder.js';

/** Central Europe with both changes of a year, as calendar products write it. */
const berlin = [
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
const owner = 'group:default/team-payments';
let uid = 0;

function event(...lines: readonly string[]): readonly string[] {
  uid += 1;
  const own = lines.some((line) => line.startsWith('UID:')) ? [] : [`UID:event-${uid}`];
  return ['BEGIN:VEVENT', ...own, 'DTSTAMP:20260101T000000Z', ...lines, 'END:VEVENT'];
}

function person(name: string): string {
  return `ATTENDEE;CN=${name}:mailto:${name}@example.com`;
}

async function open(
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

async function ask(api: OnCallApi, start: string, end: string) {
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

const weekly = (who: string, from: string, to: string, ...more: readonly string[]) =>
  event(
    `DTSTART;TZID=Europe/Berlin:${from}`,
    `DTEND;TZID=Europe/Berlin:${to}`,
    'RRULE:FREQ=WEEKLY;INTERVAL=2',
    person(who),
    ...more,
  );

describe('the on-call port over calendars', () => {
  const cases = onCallContract(async () => ({
    onCall: await open([
      { lines: [...berlin, ...weekly('a', '20260302T090000', '20260307T180000')] },
      { lines: [...berlin, ...weekly('b', '20260302T090000', '20260309T090000')], level: 2 },
    ]),
    context: callContext(),
    owner,
  }));
  test.each(cases)('$name', async ({ run }) => run());
});

describe('recurrence and clocks', () => {
  test('a weekly handover stays at 09:00 and leaves no gap when the clocks change, both ways', async () => {
    const api = await open([
      {
        lines: [
          ...berlin,
          ...weekly('a', '20260316T090000', '20260323T090000'),
          ...weekly('b', '20260323T090000', '20260330T090000'),
        ],
      },
    ]);
    const spring = await ask(api, '2026-03-20T00:00:00Z', '2026-04-02T00:00:00Z');
    expect(spring.lines).toEqual([
      '03-16T08:00/03-23T08:00 a',
      '03-23T08:00/03-30T07:00 b',
      '03-30T07:00/04-06T07:00 a',
    ]);
    expect(spring.gaps).toEqual([]);
    expect(spring.data.timeZone).toBe('Europe/Berlin');
    const autumn = await ask(api, '2026-10-24T00:00:00Z', '2026-10-28T00:00:00Z');
    expect(autumn.lines.map((text) => text.slice(0, 23))).toEqual([
      '10-19T07:00/10-26T08:00',
      '10-26T08:00/11-02T08:00',
    ]);
    expect(autumn.gaps).toEqual([]);
  });

  test('a zone that the file names without defining it is read from the system', async () => {
    const api = await open([{ lines: weekly('a', '20260323T090000', '20260406T090000') }]);
    const { lines, gaps } = await ask(api, '2026-03-24T00:00:00Z', '2026-04-10T00:00:00Z');
    expect(lines).toEqual(['03-23T08:00/04-06T07:00 a', '04-06T07:00/04-20T07:00 a']);
    expect(gaps).toEqual([]);
  });

  test('times that occur twice or never, read as RFC 5545 says', async () => {
    const floating = (from: string, to: string) => event(`DTSTART:${from}`, `DTEND:${to}`, person('a'));
    const api = await open([
      {
        lines: [
          'X-WR-TIMEZONE:Europe/Berlin',
          ...floating('20260329T023000', '20260329T050000'),
          ...floating('20261025T023000', '20261025T050000'),
        ],
      },
    ]);
    const skipped = await ask(api, '2026-03-29T00:00:00Z', '2026-03-30T00:00:00Z');
    expect(skipped.lines).toEqual(['03-29T01:30/03-29T03:00 a']);
    const twice = await ask(api, '2026-10-25T00:00:00Z', '2026-10-26T00:00:00Z');
    expect(twice.lines).toEqual(['10-25T00:30/10-25T04:00 a']);
  });

  test('all-day events last from midnight to midnight where the calendar lives', async () => {
    const api = await open([
      {
        lines: [
          'X-WR-TIMEZONE:America/New_York',
          ...event('DTSTART;VALUE=DATE:20260310', 'DTEND;VALUE=DATE:20260312', person('a')),
          ...event('DTSTART;VALUE=DATE:20260312', person('b')),
        ],
      },
    ]);
    const { lines } = await ask(api, '2026-03-09T00:00:00Z', '2026-03-15T00:00:00Z');
    expect(lines).toEqual(['03-10T04:00/03-12T04:00 a', '03-12T04:00/03-13T04:00 b']);
  });

  test('days, counts, exclusions and additions', async () => {
    const api = await open([
      {
        lines: event(
          'DTSTART:20260302T090000Z',
          'DTEND:20260302T170000Z',
          'RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE;COUNT=5',
          'EXDATE:20260303T090000Z,20260309T090000Z',
          'RDATE:20260314T090000Z',
          person('a'),
        ),
      },
    ]);
    const { lines } = await ask(api, '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z');
    expect(lines.map((text) => text.slice(0, 5))).toEqual(['03-02', '03-04', '03-10', '03-14']);
  });
});

describe('overrides', () => {
  const nights = (...more: readonly string[]) =>
    event(
      'UID:nights',
      'DTSTART:20260309T180000Z',
      'DTEND:20260310T060000Z',
      'RRULE:FREQ=DAILY',
      person('a'),
      ...more,
    );

  test('a moved occurrence replaces its own and nobody else', async () => {
    const moved = event(
      'UID:nights',
      'RECURRENCE-ID:20260310T180000Z',
      'DTSTART:20260310T200000Z',
      'DTEND:20260311T060000Z',
      person('b'),
    );
    const api = await open([{ lines: [...nights(), ...moved] }]);
    const { lines, gaps } = await ask(api, '2026-03-10T18:00:00Z', '2026-03-12T06:00:00Z');
    expect(lines).toEqual(['03-10T20:00/03-11T06:00 b override', '03-11T18:00/03-12T06:00 a']);
    expect(gaps).toEqual(['03-10T18:00/03-10T20:00', '03-11T06:00/03-11T18:00']);
  });

  test('an occurrence that was moved here from far away counts, and its old place is free', async () => {
    const moved = event(
      'UID:nights',
      'RECURRENCE-ID:20260601T180000Z',
      'DTSTART:20260310T080000Z',
      'DTEND:20260310T100000Z',
      person('b'),
    );
    const api = await open([{ lines: [...nights(), ...moved] }]);
    expect((await ask(api, '2026-03-10T07:00:00Z', '2026-03-10T12:00:00Z')).lines).toEqual([
      '03-10T08:00/03-10T10:00 b override',
    ]);
    expect((await ask(api, '2026-06-01T12:00:00Z', '2026-06-02T12:00:00Z')).lines).toEqual([]);
  });

  test('an override of its own cuts the shift under it; of two, the one edited last wins', async () => {
    const override = (who: string, from: string, to: string, edited: string) =>
      event('CATEGORIES:OVERRIDE', `DTSTART:${from}`, `DTEND:${to}`, `LAST-MODIFIED:${edited}`, person(who));
    const api = await open([
      {
        lines: [
          ...nights(),
          ...override('b', '20260310T200000Z', '20260310T230000Z', '20260301T000000Z'),
          ...override('c', '20260310T220000Z', '20260311T010000Z', '20260302T000000Z'),
        ],
      },
    ]);
    const { lines, gaps } = await ask(api, '2026-03-10T18:00:00Z', '2026-03-11T06:00:00Z');
    expect(lines).toEqual([
      '03-10T18:00/03-10T20:00 a',
      '03-10T20:00/03-10T22:00 b override',
      '03-10T22:00/03-11T01:00 c override',
      '03-11T01:00/03-11T06:00 a',
    ]);
    expect(gaps).toEqual([]);
  });

  test('an override in a calendar of its own, for the same schedule', async () => {
    const override = event(
      'SUMMARY:Override: night.shift@example.com',
      'DTSTART:20260310T200000Z',
      'DTEND:20260310T210000Z',
    );
    const api = await open([{ lines: nights() }, { lines: override }]);
    const { lines } = await ask(api, '2026-03-10T18:00:00Z', '2026-03-11T06:00:00Z');
    expect(lines[1]).toBe('03-10T20:00/03-10T21:00 night.shift override');
    expect(lines).toHaveLength(3);
  });

  test('a cancelled occurrence is a gap', async () => {
    const cancelled = event(
      'UID:nights',
      'RECURRENCE-ID:20260310T180000Z',
      'DTSTART:20260310T180000Z',
      'DTEND:20260311T060000Z',
      'STATUS:CANCELLED',
    );
    const api = await open([{ lines: [...nights(), ...cancelled] }]);
    const { lines, gaps } = await ask(api, '2026-03-10T18:00:00Z', '2026-03-11T06:00:00Z');
    expect(lines).toEqual([]);
    expect(gaps).toEqual(['03-10T18:00/03-11T06:00']);
  });

  test('a change of this and all future occurrences is the rota, not an override', async () => {
    const future = event(
      'UID:nights',
      'RECURRENCE-ID;RANGE=THISANDFUTURE:20260311T180000Z',
      'DTSTART:20260311T190000Z',
      'DTEND:20260312T070000Z',
      person('b'),
    );
    const api = await open([{ lines: [...nights(), ...future] }]);
    const { lines } = await ask(api, '2026-03-10T18:00:00Z', '2026-03-13T07:00:00Z');
    expect(lines).toEqual([
      '03-10T18:00/03-11T06:00 a',
      '03-11T19:00/03-12T07:00 b',
      '03-12T19:00/03-13T07:00 b',
    ]);
  });
});

describe('who', () => {
  test.each([
    [
      ['ATTENDEE:mailto:x@example.com', 'ATTENDEE:mailto:y@example.com'],
      ['x@example.com', 'y@example.com'],
    ],
    [['ATTENDEE;PARTSTAT=DECLINED:mailto:x@example.com', 'SUMMARY:On call: y'], ['y']],
    [['ORGANIZER:MAILTO:lead@example.com', 'SUMMARY:x'], ['lead@example.com']],
    [['ORGANIZER:mailto:abc@group.calendar.google.com', 'SUMMARY:x@example.com'], ['x@example.com']],
    [[], ['(nobody named)']],
  ])('%j', async (lines, expected) => {
    const api = await open([
      { lines: event('DTSTART:20260310T080000Z', 'DTEND:20260310T100000Z', ...lines) },
    ]);
    const { data } = await ask(api, '2026-03-10T00:00:00Z', '2026-03-11T00:00:00Z');
    expect(data.shifts.map(({ who }) => who)).toEqual(expected);
  });
});

describe('calendars that are wrong', () => {
  const good = event('DTSTART:20260310T080000Z', 'DTEND:20260310T100000Z', person('a'));

  test('a rule that never matches is skipped in time, and said', async () => {
    const never = event(
      'DTSTART:20260101T080000Z',
      'DTEND:20260101T100000Z',
      'RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
      person('b'),
    );
    const api = await open([{ lines: [...never, ...good] }]);
    const { lines, hints } = await ask(api, '2026-03-10T00:00:00Z', '2026-03-11T00:00:00Z');
    expect(lines).toEqual(['03-10T08:00/03-10T10:00 a']);
    expect(hints?.join()).toContain('could not be expanded: 1');
  });

  test('one unreadable calendar leaves the others; none readable is unavailable', async () => {
    const bad = ['BEGIN:VEVENT', 'this is no calendar line'];
    const one = await open([{ lines: good }, { lines: bad, level: 2 }]);
    const { lines, partial } = await ask(one, '2026-03-10T00:00:00Z', '2026-03-11T00:00:00Z');
    expect(lines).toHaveLength(1);
    expect(partial).toEqual([{ backend: 'ical', reason: 'The calendar of payments cannot be read.' }]);
    await expect(ask(await open([{ lines: bad }]), '2026-03-10', '2026-03-11')).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  test('an address instead of a file is refused by the configuration', () => {
    const calendars = [{ url: 'https://calendar.example.com/a.ics', schedule: 'a', owners: [] }];
    expect(icalBackend.config.safeParse({ calendars }).success).toBe(false);
  });
});
