import { onCallContract } from '@devops-mcp/domain/contract-tests';
import { describe, expect, test } from 'vitest';
import { icalBackend } from '../../src/ical/ical-backend.js';
import { callContext } from '../alert-log/alert-log-folder.js';
import { askShifts, berlin, event, openCalendars, owner, person } from './calendar-folder.js';

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
    onCall: await openCalendars([
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
    const api = await openCalendars([
      {
        lines: [
          ...berlin,
          ...weekly('a', '20260316T090000', '20260323T090000'),
          ...weekly('b', '20260323T090000', '20260330T090000'),
        ],
      },
    ]);
    const spring = await askShifts(api, '2026-03-20T00:00:00Z', '2026-04-02T00:00:00Z');
    expect(spring.lines).toEqual([
      '03-16T08:00/03-23T08:00 a',
      '03-23T08:00/03-30T07:00 b',
      '03-30T07:00/04-06T07:00 a',
    ]);
    expect(spring.gaps).toEqual([]);
    expect(spring.data.timeZone).toBe('Europe/Berlin');
    const autumn = await askShifts(api, '2026-10-24T00:00:00Z', '2026-10-28T00:00:00Z');
    expect(autumn.lines.map((text) => text.slice(0, 23))).toEqual([
      '10-19T07:00/10-26T08:00',
      '10-26T08:00/11-02T08:00',
    ]);
    expect(autumn.gaps).toEqual([]);
  });

  test('a zone that the file names without defining it is read from the system', async () => {
    const api = await openCalendars([{ lines: weekly('a', '20260323T090000', '20260406T090000') }]);
    const { lines, gaps } = await askShifts(api, '2026-03-24T00:00:00Z', '2026-04-10T00:00:00Z');
    expect(lines).toEqual(['03-23T08:00/04-06T07:00 a', '04-06T07:00/04-20T07:00 a']);
    expect(gaps).toEqual([]);
  });

  test('times that occur twice or never, read as RFC 5545 says', async () => {
    const floating = (from: string, to: string) => event(`DTSTART:${from}`, `DTEND:${to}`, person('a'));
    const api = await openCalendars([
      {
        lines: [
          'X-WR-TIMEZONE:Europe/Berlin',
          ...floating('20260329T023000', '20260329T050000'),
          ...floating('20261025T023000', '20261025T050000'),
        ],
      },
    ]);
    const skipped = await askShifts(api, '2026-03-29T00:00:00Z', '2026-03-30T00:00:00Z');
    expect(skipped.lines).toEqual(['03-29T01:30/03-29T03:00 a']);
    const twice = await askShifts(api, '2026-10-25T00:00:00Z', '2026-10-26T00:00:00Z');
    expect(twice.lines).toEqual(['10-25T00:30/10-25T04:00 a']);
  });

  test('all-day events last from midnight to midnight where the calendar lives', async () => {
    const api = await openCalendars([
      {
        lines: [
          'X-WR-TIMEZONE:America/New_York',
          ...event('DTSTART;VALUE=DATE:20260310', 'DTEND;VALUE=DATE:20260312', person('a')),
          ...event('DTSTART;VALUE=DATE:20260312', person('b')),
        ],
      },
    ]);
    const { lines } = await askShifts(api, '2026-03-09T00:00:00Z', '2026-03-15T00:00:00Z');
    expect(lines).toEqual(['03-10T04:00/03-12T04:00 a', '03-12T04:00/03-13T04:00 b']);
  });

  test('days, counts, exclusions and additions', async () => {
    const api = await openCalendars([
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
    const { lines } = await askShifts(api, '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z');
    expect(lines.map((text) => text.slice(0, 5))).toEqual(['03-02', '03-04', '03-10', '03-14']);
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
    const api = await openCalendars([
      { lines: event('DTSTART:20260310T080000Z', 'DTEND:20260310T100000Z', ...lines) },
    ]);
    const { data } = await askShifts(api, '2026-03-10T00:00:00Z', '2026-03-11T00:00:00Z');
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
    const api = await openCalendars([{ lines: [...never, ...good] }]);
    const { lines, hints } = await askShifts(api, '2026-03-10T00:00:00Z', '2026-03-11T00:00:00Z');
    expect(lines).toEqual(['03-10T08:00/03-10T10:00 a']);
    expect(hints?.join()).toContain('could not be expanded: 1');
  });

  test('one unreadable calendar leaves the others; none readable is unavailable', async () => {
    const bad = ['BEGIN:VEVENT', 'this is no calendar line'];
    const one = await openCalendars([{ lines: good }, { lines: bad, level: 2 }]);
    const { lines, partial } = await askShifts(one, '2026-03-10T00:00:00Z', '2026-03-11T00:00:00Z');
    expect(lines).toHaveLength(1);
    expect(partial).toEqual([{ backend: 'ical', reason: 'The calendar of payments cannot be read.' }]);
    await expect(
      askShifts(await openCalendars([{ lines: bad }]), '2026-03-10', '2026-03-11'),
    ).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  test('an address instead of a file is refused by the configuration', () => {
    const calendars = [{ url: 'https://calendar.example.com/a.ics', schedule: 'a', owners: [] }];
    expect(icalBackend.config.safeParse({ calendars }).success).toBe(false);
  });
});
