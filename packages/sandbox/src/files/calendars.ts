import { shopTeams } from '../company/organisation.js';

const dayMs = 86_400_000;
const timeZone = 'Europe/Berlin';

export interface RotaCalendar {
  readonly file: string;
  readonly schedule: string;
  readonly teams: readonly string[];
  readonly level: number;
  readonly content: string;
}

/** Which teams share a rota, and who is paged second. */
const rotas: readonly {
  readonly schedule: string;
  readonly teams: readonly string[];
  readonly level: number;
}[] = [
  { schedule: 'payments', teams: ['team-payments'], level: 1 },
  { schedule: 'payments-secondary', teams: ['team-payments'], level: 2 },
  { schedule: 'storefront', teams: ['team-storefront', 'team-checkout'], level: 1 },
  { schedule: 'orders', teams: ['team-orders'], level: 1 },
  { schedule: 'supply', teams: ['team-supply'], level: 1 },
  { schedule: 'catalogue', teams: ['team-catalogue'], level: 1 },
  { schedule: 'identity', teams: ['team-identity', 'team-messaging'], level: 1 },
];

/**
 * Weekly rotas in iCalendar (RFC 5545): each person is a weekly event with an interval, handed over
 * on Monday at nine in Berlin, in summer and winter alike; one exception next week, one override today.
 */
export function renderCalendars(nowMs: number): readonly RotaCalendar[] {
  return rotas.map(({ schedule, teams, level }) => {
    const people = shopTeams.filter((team) => teams.includes(team.name)).flatMap((team) => team.members);
    const order = level === 1 ? people : [...people.slice(1), ...people.slice(0, 1)];
    const events = [
      ...order.flatMap((person, index) => weekly(schedule, order, person, index, nowMs)),
      ...(schedule === 'payments' ? [override(schedule, order[1] ?? 'oncall', nowMs)] : []),
    ];
    return { file: `${schedule}.ics`, schedule, teams, level, content: calendar(schedule, events) };
  });
}

/** The series begins some rounds ago, so that a reader has to expand it. */
function weekly(
  schedule: string,
  order: readonly string[],
  person: string,
  index: number,
  nowMs: number,
): readonly string[] {
  const rounds = order.length;
  const thisMonday = monday(nowMs);
  const first = thisMonday - (rounds * 4 - index) * 7 * dayMs;
  const uid = `${schedule}-${index}@rota.example.com`;
  const series = event(uid, person, schedule, first, first + 7 * dayMs, [
    `RRULE:FREQ=WEEKLY;INTERVAL=${rounds}`,
  ]);
  if (index !== 1 || rounds < 2) return [series];
  // The second person is away next time; the first one takes the week.
  const next = thisMonday + 7 * dayMs;
  const swap = event(uid, order[0] ?? person, schedule, next, next + 7 * dayMs, [
    `RECURRENCE-ID;TZID=${timeZone}:${local(next)}`,
    'SEQUENCE:1',
  ]);
  return [series, swap];
}

function override(schedule: string, person: string, nowMs: number): string {
  const from = Math.floor(nowMs / 3_600_000) * 3_600_000 - 3_600_000;
  return lines([
    'BEGIN:VEVENT',
    `UID:${schedule}-override@rota.example.com`,
    `DTSTAMP:${utc(from - dayMs)}`,
    `DTSTART:${utc(from)}`,
    `DTEND:${utc(from + 5 * 3_600_000)}`,
    `SUMMARY:Override: ${person}`,
    'CATEGORIES:override',
    `ATTENDEE;CN=${person};PARTSTAT=ACCEPTED:mailto:${person}@example.com`,
    'END:VEVENT',
  ]);
}

function event(
  uid: string,
  person: string,
  schedule: string,
  startDay: number,
  endDay: number,
  extra: readonly string[],
): string {
  return lines([
    'BEGIN:VEVENT',
    `UID:${uid}`,
    `DTSTAMP:${utc(startDay)}`,
    `DTSTART;TZID=${timeZone}:${local(startDay)}`,
    `DTEND;TZID=${timeZone}:${local(endDay)}`,
    ...extra,
    `SUMMARY:On call: ${schedule}`,
    `ATTENDEE;CN=${person};PARTSTAT=ACCEPTED:mailto:${person}@example.com`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ]);
}

function calendar(schedule: string, events: readonly string[]): string {
  const head = lines([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//example.com//rota//EN',
    `X-WR-CALNAME:${schedule}`,
    `X-WR-TIMEZONE:${timeZone}`,
    'BEGIN:VTIMEZONE',
    `TZID:${timeZone}`,
    'BEGIN:DAYLIGHT',
    'TZOFFSETFROM:+0100',
    'TZOFFSETTO:+0200',
    'TZNAME:CEST',
    'DTSTART:19700329T020000',
    'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
    'END:DAYLIGHT',
    'BEGIN:STANDARD',
    'TZOFFSETFROM:+0200',
    'TZOFFSETTO:+0100',
    'TZNAME:CET',
    'DTSTART:19701025T030000',
    'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
    'END:STANDARD',
    'END:VTIMEZONE',
  ]);
  return `${head}${events.join('')}END:VCALENDAR\r\n`;
}

function lines(list: readonly string[]): string {
  return list.map((line) => `${line}\r\n`).join('');
}

/** Midnight UTC of the Monday of that week; only the date is used, the hour is local. */
function monday(atMs: number): number {
  const day = Math.floor(atMs / dayMs) * dayMs;
  const weekday = (new Date(day).getUTCDay() + 6) % 7;
  return day - weekday * dayMs;
}

function local(dayStartMs: number): string {
  return `${new Date(dayStartMs).toISOString().slice(0, 10).replaceAll('-', '')}T090000`;
}

function utc(atMs: number): string {
  return `${new Date(atMs).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)}Z`;
}
