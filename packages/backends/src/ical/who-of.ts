import type ICAL from 'ical.js';

/** Calendars of Google name themselves as the organiser; that is nobody who could be called. */
const calendarAddress = /@group\.calendar\.google\.com$/i;
const notPeople = new Set(['RESOURCE', 'ROOM']);
const longestName = 200;

/**
 * Who an event puts on call: the attendees who did not decline, else the organiser, else what the
 * summary says. Mail addresses where there are any.
 */
export function whoOf(component: ICAL.Component): readonly string[] {
  const attendees = component
    .getAllProperties('attendee')
    .filter((property) => parameter(property, 'partstat') !== 'DECLINED')
    .filter((property) => !notPeople.has(parameter(property, 'cutype')))
    .map(addressOf)
    .filter((who) => who !== '');
  if (attendees.length > 0) return [...new Set(attendees)];
  const organiser = component.getFirstProperty('organizer');
  const address = organiser ? addressOf(organiser) : '';
  if (address !== '' && !calendarAddress.test(address)) return [address];
  const summary = text(component, 'summary')
    .replace(/^\[?override\]?\s*:?\s*/i, '')
    .replace(/^on[- ]call\s*[-:]\s*/i, '')
    .trim();
  return summary === '' ? [] : [summary.slice(0, longestName)];
}

/** An event of its own that stands in for a shift: category `override`, or a summary that begins so. */
export function isMarkedOverride(component: ICAL.Component): boolean {
  const categories = component
    .getAllProperties('categories')
    .flatMap((property) => property.getValues().map(String));
  return (
    categories.some((category) => category.toLowerCase() === 'override') ||
    /^\[?override\b/i.test(text(component, 'summary'))
  );
}

export function text(component: ICAL.Component, name: string): string {
  const value = component.getFirstPropertyValue(name);
  return typeof value === 'string' ? value : '';
}

function addressOf(property: ICAL.Property): string {
  const value = String(property.getFirstValue() ?? '');
  if (/^mailto:/i.test(value)) return value.slice('mailto:'.length).slice(0, longestName);
  return (parameter(property, 'cn') || value).slice(0, longestName);
}

function parameter(property: ICAL.Property, name: string): string {
  const value = property.getParameter(name);
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : '';
}
