import { createContext, runInContext } from 'node:vm';
import type { Window } from '@devops-mcp/domain';
import ICAL from 'ical.js';
import { type EventSeries, tzidOf } from './read-calendar.js';
import { instantOfWallClock, isTimeZone } from './wall-clock.js';
import { isMarkedOverride, text, whoOf } from './who-of.js';

const mostOccurrences = 100_000;

/** One stretch of time in which somebody is on call, before overrides are applied. */
export interface Duty {
  readonly who: readonly string[];
  readonly start: Date;
  readonly end: Date;
  readonly override: boolean;
  /** Unix time in ms of the last edit: of two overrides the newer counts. */
  readonly edited: number;
}

/**
 * The duties of one event that touch the window. Undefined when the expansion takes longer than
 * `budgetMs`: a rule that never matches, such as 30 February, keeps the library searching for ever,
 * and a calendar is text from outside.
 */
export function expandSeries(
  series: EventSeries,
  window: Window,
  timeZone: string,
  budgetMs: number,
): readonly Duty[] | undefined {
  const run = () => expand(series, window, timeZone);
  try {
    // The VM's time limit also stops code outside of the context that runs on its behalf.
    return runInContext('run()', createContext({ run }), { timeout: budgetMs });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      return undefined;
    throw error;
  }
}

function expand(series: EventSeries, window: Window, timeZone: string): readonly Duty[] {
  const { master, exceptions } = series;
  if (isCancelled(master)) return [];
  const found = exceptions.map((exception) => dutyAt(exception, startOf(exception), timeZone, true));
  if (!master.hasProperty('rrule') && !master.hasProperty('rdate')) {
    if (exceptions.length === 0) found.push(dutyAt(master, startOf(master), timeZone, false));
  } else {
    found.push(...occurrences(series, window, timeZone));
  }
  return found
    .filter((duty) => duty !== undefined)
    .filter(({ start, end }) => start < end && start < window.end && end > window.start);
}

function occurrences(
  { master, exceptions }: EventSeries,
  window: Window,
  timeZone: string,
): readonly (Duty | undefined)[] {
  const event = new ICAL.Event(master, { exceptions: exceptions.map((one) => new ICAL.Event(one)) });
  const single = new Set(exceptions);
  const iterator = event.iterator();
  const found: (Duty | undefined)[] = [];
  for (let count = 0; count < mostOccurrences; count += 1) {
    const next = iterator.next();
    if (!next) break;
    if (instantOf(next, master, timeZone) >= window.end) break;
    const { item, startDate } = event.getOccurrenceDetails(next);
    // Replaced by an exception of its own, which was taken already; later ones may follow a change
    // of "this and future", whose details these are.
    const replaced = next.toString() in event.exceptions || utcText(next) in event.exceptions;
    if (!(replaced && single.has(item.component)))
      found.push(dutyAt(item.component, startDate, timeZone, false));
  }
  return found;
}

function dutyAt(
  component: ICAL.Component,
  start: ICAL.Time | undefined,
  timeZone: string,
  exception: boolean,
): Duty | undefined {
  const lengthSeconds = nominalSeconds(component, timeZone);
  if (!start || lengthSeconds === undefined || isCancelled(component)) return undefined;
  const end = start.clone();
  if (start.isDate) end.adjust(lengthSeconds / 86_400, 0, 0, 0);
  else end.adjust(0, 0, 0, lengthSeconds);
  const modifiesFuture =
    component.getFirstProperty('recurrence-id')?.getParameter('range') === 'THISANDFUTURE';
  return {
    who: whoOf(component),
    start: instantOf(start, component, timeZone),
    end: instantOf(end, component, timeZone),
    override: (exception && !modifiesFuture) || isMarkedOverride(component),
    edited: editedAt(component),
  };
}

/**
 * Length by the clock on the wall, not by elapsed time: a shift from Monday 09:00 to Monday 09:00
 * ends at 09:00 also in the week in which the clocks change. RFC 5545 speaks of the exact duration
 * here; calendar products and the people on call do not, and a rota would tear twice a year.
 */
function nominalSeconds(component: ICAL.Component, timeZone: string): number | undefined {
  const duration = component.getFirstPropertyValue('duration');
  if (duration instanceof ICAL.Duration) return duration.toSeconds();
  const start = component.getFirstProperty('dtstart');
  const end = component.getFirstProperty('dtend');
  const from = start?.getFirstValue();
  const to = end?.getFirstValue();
  if (!(from instanceof ICAL.Time)) return undefined;
  if (!(to instanceof ICAL.Time)) return from.isDate ? 86_400 : undefined;
  if (from.isDate !== to.isDate || tzidOf(start) !== tzidOf(end) || from.zone !== to.zone) {
    return (
      (instantOf(to, component, timeZone).getTime() - instantOf(from, component, timeZone).getTime()) / 1000
    );
  }
  return (wallMs(to) - wallMs(from)) / 1000;
}

function instantOf(time: ICAL.Time, component: ICAL.Component, timeZone: string): Date {
  const isFloating = time.isDate || time.zone === ICAL.Timezone.localTimezone;
  if (!isFloating) return new Date(time.toUnixTime() * 1000);
  const tzid = tzidOf(component.getFirstProperty('dtstart'));
  // A zone that the file names without defining it.
  const zone = tzid !== undefined && isTimeZone(tzid) ? tzid : timeZone;
  return instantOfWallClock(time, zone);
}

function startOf(component: ICAL.Component): ICAL.Time | undefined {
  const value = component.getFirstPropertyValue('dtstart');
  return value instanceof ICAL.Time ? value : undefined;
}

function editedAt(component: ICAL.Component): number {
  for (const name of ['last-modified', 'dtstamp']) {
    const value = component.getFirstPropertyValue(name);
    if (value instanceof ICAL.Time) return value.toUnixTime() * 1000;
  }
  return 0;
}

function isCancelled(component: ICAL.Component): boolean {
  return text(component, 'status').toUpperCase() === 'CANCELLED';
}

function wallMs(time: ICAL.Time): number {
  return Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);
}

function utcText(time: ICAL.Time): string {
  return time.convertToZone(ICAL.Timezone.utcTimezone).toString();
}
