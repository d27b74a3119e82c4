import type { Incident } from '@devops-mcp/domain';
import type { MarkdownFile } from '../front-matter.js';
import { listField, readTime, severityField, textField, timeField } from './fields.js';
import { headingOf, linesOf, titleOf } from './markdown-lines.js';

const longestBody = 64 * 1024;
const mostEntries = 500;
const longestText = 1000;
const halfDayMs = 12 * 3_600_000;
const dayMs = 2 * halfDayMs;

/** Undefined when the record does not say when the incident began. */
export function readIncident(name: string, file: MarkdownFile): Incident | undefined {
  const { fields, body } = file;
  const started = timeField(fields, 'started', 'start');
  if (!started) return undefined;
  const resolved = timeField(fields, 'resolved', 'ended');
  return {
    id: textField(fields, 'id') ?? name,
    title: textField(fields, 'title') ?? titleOf(body) ?? name,
    status: statusOf(textField(fields, 'status'), resolved !== null),
    severity: severityField(fields),
    environment: textField(fields, 'environment'),
    services: listField(fields, 'services', 'service'),
    alerts: listField(fields, 'alerts', 'alert'),
    kind: textField(fields, 'kind', 'cause'),
    started,
    detected: timeField(fields, 'detected'),
    acknowledged: timeField(fields, 'acknowledged'),
    resolved,
    resolution: textField(fields, 'resolution') ?? sectionText(body, 'resolution'),
    body: body.slice(0, longestBody),
    timeline: timelineOf(body.slice(0, longestBody), started),
  };
}

function statusOf(word: string | null, hasEnd: boolean): Incident['status'] {
  switch (word?.toLowerCase()) {
    case 'resolved':
    case 'closed':
    case 'done':
      return 'resolved';
    case 'mitigated':
    case 'monitoring':
      return 'mitigated';
    case undefined:
      return hasEnd ? 'resolved' : 'open';
    default:
      return 'open';
  }
}

/** First paragraph of the section with this title. */
function sectionText(body: string, title: string): string | null {
  const lines = sectionLines(body, title);
  const text = lines
    .join('\n')
    .trim()
    .split(/\n\s*\n/)[0];
  return text ? text.slice(0, longestText) : null;
}

function sectionLines(body: string, title: string): readonly string[] {
  const found: string[] = [];
  let level = 0;
  for (const line of linesOf(body)) {
    const heading = headingOf(line);
    if (heading && level > 0 && heading.level <= level) break;
    if (level > 0) found.push(line.text);
    else if (heading && heading.title.toLowerCase() === title) level = heading.level;
  }
  return found;
}

/**
 * Bullets of the section "Timeline": `- 10:42 who: text`, `- 10:42:10 text` or with a whole time.
 * A time of day belongs to the day of the entry before it (first: of the start), or to the next
 * day when it would lie more than half a day earlier.
 */
function timelineOf(body: string, started: Date): Incident['timeline'] {
  const entries: { time: Date; who: string; text: string }[] = [];
  let previous = started;
  for (const line of sectionLines(body, 'timeline')) {
    const bullet = /^ {0,3}[-*+][ \t]+(\S{4,35})[ \t]+(?:UTC[ \t]+)?(?:[-–—][ \t]+)?(.+)$/.exec(line);
    const time = bullet?.[1] ? entryTime(bullet[1].replace(/[:,]$/, ''), previous) : null;
    if (!time || entries.length >= mostEntries) continue;
    previous = time;
    const rest = bullet?.[2] ?? '';
    const who = whoOf(rest);
    const text = who === '' ? rest : rest.slice(who.length + 1).trim();
    entries.push({ time, who, text: text.slice(0, longestText) });
  }
  return entries.toSorted((a, b) => a.time.getTime() - b.time.getTime());
}

/** What stands before the first colon and space, when it is short enough to be a name. */
function whoOf(text: string): string {
  const who = /^(\S(?:[^:]|:(?! )){0,59}): /.exec(`${text} `)?.[1] ?? '';
  return who.split(/\s+/).length <= 3 ? who : '';
}

function entryTime(text: string, previous: Date): Date | null {
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?Z?$/.exec(text);
  if (!clock) return readTime(text);
  const [hour, minute, second] = [Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return null;
  const midnight = Math.floor(previous.getTime() / dayMs) * dayMs;
  const time = midnight + ((hour * 60 + minute) * 60 + second) * 1000;
  return new Date(previous.getTime() - time > halfDayMs ? time + dayMs : time);
}
