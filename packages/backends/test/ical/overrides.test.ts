import { describe, expect, test } from 'vitest';
import { askShifts, event, openCalendars, person } from './calendar-folder.js';

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
    const api = await openCalendars([{ lines: [...nights(), ...moved] }]);
    const { lines, gaps } = await askShifts(api, '2026-03-10T18:00:00Z', '2026-03-12T06:00:00Z');
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
    const api = await openCalendars([{ lines: [...nights(), ...moved] }]);
    expect((await askShifts(api, '2026-03-10T07:00:00Z', '2026-03-10T12:00:00Z')).lines).toEqual([
      '03-10T08:00/03-10T10:00 b override',
    ]);
    expect((await askShifts(api, '2026-06-01T12:00:00Z', '2026-06-02T12:00:00Z')).lines).toEqual([]);
  });

  test('an override of its own cuts the shift under it; of two, the one edited last wins', async () => {
    const override = (who: string, from: string, to: string, edited: string) =>
      event('CATEGORIES:OVERRIDE', `DTSTART:${from}`, `DTEND:${to}`, `LAST-MODIFIED:${edited}`, person(who));
    const api = await openCalendars([
      {
        lines: [
          ...nights(),
          ...override('b', '20260310T200000Z', '20260310T230000Z', '20260301T000000Z'),
          ...override('c', '20260310T220000Z', '20260311T010000Z', '20260302T000000Z'),
        ],
      },
    ]);
    const { lines, gaps } = await askShifts(api, '2026-03-10T18:00:00Z', '2026-03-11T06:00:00Z');
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
    const api = await openCalendars([{ lines: nights() }, { lines: override }]);
    const { lines } = await askShifts(api, '2026-03-10T18:00:00Z', '2026-03-11T06:00:00Z');
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
    const api = await openCalendars([{ lines: [...nights(), ...cancelled] }]);
    const { lines, gaps } = await askShifts(api, '2026-03-10T18:00:00Z', '2026-03-11T06:00:00Z');
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
    const api = await openCalendars([{ lines: [...nights(), ...future] }]);
    const { lines } = await askShifts(api, '2026-03-10T18:00:00Z', '2026-03-13T07:00:00Z');
    expect(lines).toEqual([
      '03-10T18:00/03-11T06:00 a',
      '03-11T19:00/03-12T07:00 b',
      '03-12T19:00/03-13T07:00 b',
    ]);
  });
});
