import type { Brief, BriefChange, Suspect } from './model.js';

const shown = { alerts: 8, changes: 6, errors: 6, affected: 8, suspects: 3, evidence: 7 } as const;

/** The brief as Markdown: what a person needs first stands first, and every list says what it leaves out. */
export function renderMarkdown(brief: Brief): string {
  const top = brief.suspects[0];
  return [
    `# Incident brief: ${brief.environment}, ${clock(brief.at)} UTC`,
    '',
    headline(brief, top),
    '',
    ...list('Suspects', brief.suspects, shown.suspects, (suspect, index) => suspectLines(suspect, index)),
    ...list('What fires', brief.alerts, shown.alerts, (alert) => [
      `- **${alert.name}**${alert.service ? ` on ${alert.service}` : ''} (${alert.severity}) since ${clock(alert.since)}${measured(alert.value, alert.threshold)}`,
    ]),
    ...list('What changed', brief.changes, shown.changes, changeLines),
    ...list('What fails', brief.errors, shown.errors, (error) => [
      `- ${error.service}: **${error.type}** ${error.message} (${error.count} now, ${error.previousCount} before; since ${clock(error.firstSeen)}${error.traceIds[0] ? `; trace ${error.traceIds[0]}` : ''})`,
    ]),
    ...list('Who is affected', brief.affected, shown.affected, (one) => [
      `- ${one.service}: ${one.health}, ${one.reason}${one.owner ? ` (${one.owner})` : ''}`,
    ]),
    ...list('On call', brief.onCall, 4, (one) => [
      `- ${one.service}: ${one.who}${one.until ? ` until ${clock(one.until)}` : ''}`,
    ]),
    ...list('Runbooks', brief.runbooks, 3, (one) => [`- \`${one.id}\` ${one.title}: ${one.why}`]),
    ...list('Like this before', brief.similar, 3, (one) => [
      `- \`${one.id}\` ${one.title}: ${one.why}${one.resolution ? `. Then: ${one.resolution}` : ''}`,
    ]),
    ...planLines(brief),
    ...list('Not reached', brief.unreachable, 8, (one) => [`- ${one.server}: ${one.reason}`]),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

/** One sentence: the verdict, since when, and the first suspect. */
export function headline(brief: Brief, top: Suspect | undefined): string {
  if (brief.verdict === 'not_enough_data')
    return 'Not enough data to tell whether something is wrong. See "Not reached" for what is missing.';
  if (brief.verdict === 'nothing_wrong')
    return 'Nothing is wrong: no alert of weight fires and nothing has left its normal.';
  const since = brief.onset
    ? ` since ${clock(brief.onset)} UTC (${minutesBetween(brief.onset, brief.at)} min)`
    : '';
  return top
    ? `Something is wrong${since}. First suspect: **${top.service}**${top.instance ? ` (${top.instance})` : ''}, ${words(top.kind)}.`
    : `Something is wrong${since}, and nothing points at a cause yet.`;
}

export function words(slug: string): string {
  return slug.replaceAll('_', ' ');
}

export function clock(time: string): string {
  return time.slice(11, 16);
}

function minutesBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 60_000);
}

function suspectLines(suspect: Suspect, index: number): readonly string[] {
  const evidence = suspect.evidence.slice(0, shown.evidence);
  return [
    `${index + 1}. **${suspect.service}**${suspect.instance ? ` (${suspect.instance})` : ''}: ${words(suspect.kind)}, ${Math.round(suspect.score * 100)} % of the evidence`,
    ...evidence.map(
      ({ direction, text, source }) => `   - ${direction === 'for' ? '+' : '−'} ${text} (${source})`,
    ),
  ];
}

function changeLines(change: BriefChange): readonly string[] {
  const minutes = change.minutesBeforeOnset;
  const relation =
    minutes === null
      ? ''
      : minutes >= 0
        ? `, ${minutes} min before the onset`
        : `, ${-minutes} min after the onset`;
  return [
    `- ${clock(change.time)} ${change.service} ${change.version ?? change.revision.slice(0, 10)} (${change.kind}) by ${change.by}${relation}: ${change.summary}`,
  ];
}

function planLines({ rollbackPlan: plan }: Brief): readonly string[] {
  if (!plan) return [];
  return [
    '## Drafted rollback',
    `${plan.service}: ${plan.from} back to ${plan.to}. Migrations: ${plan.migrationVerdict}. ${plan.safeToRollBack ? 'Held safe.' : '**Not held safe.**'}`,
    plan.evidence,
    plan.rollForward,
    `Next: ${plan.apply}`,
    '',
  ];
}

function measured(value: number | null, threshold: number | null): string {
  return value === null ? '' : `: ${round(value)}${threshold === null ? '' : ` against ${round(threshold)}`}`;
}

function round(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

function list<T>(
  title: string,
  items: readonly T[],
  max: number,
  lines: (item: T, index: number) => readonly string[],
): readonly string[] {
  if (items.length === 0) return [];
  const more = items.length > max ? [`- and ${items.length - max} more`] : [];
  return [`## ${title}`, ...items.slice(0, max).flatMap(lines), ...more, ''];
}
