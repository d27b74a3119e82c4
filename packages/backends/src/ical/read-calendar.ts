import ICAL from 'ical.js';
import { isTimeZone } from './wall-clock.js';
import { text } from './who-of.js';

const mostEvents = 20_000;

/** An event with the exceptions to its recurrence. */
export interface EventSeries {
  readonly master: ICAL.Component;
  readonly exceptions: readonly ICAL.Component[];
}

export interface Calendar {
  readonly series: readonly EventSeries[];
  /** IANA name of the zone for times that name none. */
  readonly timeZone: string;
  readonly hints: readonly string[];
}

/** Parses an iCalendar file. Throws whatever the parser throws for a file that is none. */
export function readCalendar(source: string): Calendar {
  const roots = parseRoots(source);
  const all = roots.flatMap((root) => root.getAllSubcomponents('vevent'));
  const events = all.slice(0, mostEvents);
  const hints: string[] = [];
  if (all.length > mostEvents) hints.push(`Only ${mostEvents} of ${all.length} events were read.`);
  const timeZone = zoneOf(roots, events);
  if (timeZone === undefined)
    hints.push('The calendar names no time zone; times without one were taken as UTC.');
  return { series: seriesOf(events), timeZone: timeZone ?? 'UTC', hints };
}

function parseRoots(source: string): readonly ICAL.Component[] {
  // One file may hold several calendars, one after the other: then the parser gives a list of them.
  const parsed: readonly unknown[] = ICAL.parse(source);
  const many = Array.isArray(parsed[0]);
  // The parser's own output, in the form that the component reads.
  const roots = (many ? parsed : [parsed]).map((root) => new ICAL.Component(root as unknown[]));
  if (!roots.some((root) => root.name === 'vcalendar')) throw new Error('no VCALENDAR in this file');
  return roots.filter((root) => root.name === 'vcalendar');
}

function zoneOf(roots: readonly ICAL.Component[], events: readonly ICAL.Component[]): string | undefined {
  const named = [
    ...roots.map((root) => text(root, 'x-wr-timezone')),
    ...events.slice(0, 20).map((event) => tzidOf(event.getFirstProperty('dtstart')) ?? ''),
    ...roots.flatMap((root) => root.getAllSubcomponents('vtimezone').map((zone) => text(zone, 'tzid'))),
  ];
  return named.find((name) => name !== '' && isTimeZone(name));
}

export function tzidOf(property: ICAL.Property | null): string | undefined {
  const value = property?.getParameter('tzid');
  return typeof value === 'string' ? value : undefined;
}

/** Exceptions belong to the event of the same UID; one whose event is missing stands for itself. */
function seriesOf(events: readonly ICAL.Component[]): readonly EventSeries[] {
  const exceptions = new Map<string, ICAL.Component[]>();
  const masters: ICAL.Component[] = [];
  for (const event of events) {
    if (!event.hasProperty('recurrence-id')) masters.push(event);
    else exceptions.set(text(event, 'uid'), [...(exceptions.get(text(event, 'uid')) ?? []), event]);
  }
  const series = masters.map((master) => {
    const uid = text(master, 'uid');
    const own = exceptions.get(uid) ?? [];
    exceptions.delete(uid);
    return { master, exceptions: own };
  });
  const orphans = [...exceptions.values()].flat().map((master) => ({ master, exceptions: [] }));
  return [...series, ...orphans];
}
