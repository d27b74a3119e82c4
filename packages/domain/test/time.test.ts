import { describe, expect, it } from 'vitest';
import { parsePeriod, parseTime } from '../src/index.js';

const now = new Date('2026-05-04T12:00:00Z');
const iso = (text: string) => {
  const { window } = parsePeriod(text, now);
  return `${window.start.toISOString()}/${window.end.toISOString()}`;
};

describe('parsePeriod', () => {
  it.each([
    ['last_1h', '2026-05-04T11:00:00.000Z/2026-05-04T12:00:00.000Z'],
    ['now-30m', '2026-05-04T11:30:00.000Z/2026-05-04T12:00:00.000Z'],
    ['now-2h/now-1h', '2026-05-04T10:00:00.000Z/2026-05-04T11:00:00.000Z'],
    ['2026-05-04T10:00:00+02:00/2026-05-04T09:00:00Z', '2026-05-04T08:00:00.000Z/2026-05-04T09:00:00.000Z'],
    ['2026-05-04T08:00Z/PT1H30M', '2026-05-04T08:00:00.000Z/2026-05-04T09:30:00.000Z'],
    ['1777881600/1777885200', '2026-05-04T08:00:00.000Z/2026-05-04T09:00:00.000Z'],
    ['1777881600000/1777885200000', '2026-05-04T08:00:00.000Z/2026-05-04T09:00:00.000Z'],
  ])('reads %s', (text, expected) => {
    expect(iso(text)).toBe(expected);
  });

  it.each([
    '',
    'yesterday',
    'now/now-1h',
    '2026-05-04',
    '2026-13-01T00:00Z/PT1H',
    'last_400d',
    '2026-06-10T00:00Z/PT1H',
  ])('refuses %j and says what is accepted', (text) => {
    expect(() => parsePeriod(text, now)).toThrowError(
      expect.objectContaining({ code: 'invalid_input', hint: expect.stringContaining('last_1h') }),
    );
  });

  it('takes a time without a zone as UTC and says so', () => {
    expect(parsePeriod('2026-05-04T08:00/PT1H', now).hints).toEqual([
      expect.stringContaining('taken as UTC'),
    ]);
  });

  it('questions a window in the wrong year', () => {
    expect(parsePeriod('2025-05-04T08:00Z/PT1H', now).hints).toEqual([
      expect.stringContaining('Is the year right?'),
    ]);
  });
});

describe('parseTime', () => {
  it('reads points relative to now', () => {
    expect(parseTime('now-90s', now).toISOString()).toBe('2026-05-04T11:58:30.000Z');
  });
});
