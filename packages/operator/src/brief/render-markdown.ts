import { plainMarkdown } from './markdown-text.js';
import type { Brief, BriefChange, BriefError, Suspect } from './model.js';
import { clock, duration } from './show-time.js';
import { errorGrowth } from './significance.js';

const shown = {
  alerts: 8,
  changes: 6,
  errors: 6,
  affected: 6,
  suspects: 3,
  evidence: 7,
  unreachable: 6,
} as const;

/** The brief as Markdown: what a person needs first stands first, and every list says what it leaves out. */
export function renderMarkdown(brief: Brief): string {
  const at = (time: string) => clock(time, brief.at);
  const errors = grownErrors(brief);
  return [
    `# Incident brief: ${plainMarkdown(brief.environment)}, ${brief.at.slice(0, 10)} ${brief.at.slice(11, 16)} UTC`,
    '',
    headline(brief, brief.suspects[0], (name) => plainMarkdown(name)),
    '',
    ...list('Suspects', brief.suspects, shown.suspects, suspectLines),
    ...list('What fires', brief.alerts, shown.alerts, (alert) => [
      `- **${plainMarkdown(alert.name)}**${alert.service ? ` on ${plainMarkdown(alert.service)}` : ''} (${alert.severity}) since ${at(alert.since)}${measured(alert.value, alert.threshold)}`,
    ]),
    ...list('What changed', brief.changes, shown.changes, (change) => changeLines(change, brief)),
    ...list('What fails', errors.grown, shown.errors, (error) => [
      `- ${plainMarkdown(error.service)}: **${plainMarkdown(error.type)}** ${plainMarkdown(error.message, 140)} (${error.count} now, ${error.previousCount} before; since ${at(error.firstSeen)}${error.traceIds[0] ? `; trace ${plainMarkdown(error.traceIds[0])}` : ''})`,
    ]),
    ...usualErrors(errors.usual, errors.grown.length > 0),
    ...list('Who is affected', brief.affected, shown.affected, (one) => [
      `- ${plainMarkdown(one.service)}: ${one.health}, ${plainMarkdown(one.reason, 140)}${one.owner ? ` (${plainMarkdown(one.owner)})` : ''}`,
    ]),
    ...list('On call', brief.onCall, 4, (one) => [
      `- ${plainMarkdown(one.service)}: ${plainMarkdown(one.who)}${one.until ? ` until ${at(one.until)}` : ''}`,
    ]),
    ...list('Runbooks', brief.runbooks, 3, (one) => [
      `- ${plainMarkdown(one.title)} (${plainMarkdown(one.id)}): ${plainMarkdown(one.why, 110)}`,
    ]),
    ...list('Like this before', brief.similar, 3, (one) => [
      `- ${plainMarkdown(one.title)} (${plainMarkdown(one.id)}): ${plainMarkdown(one.why, 110)}${one.resolution ? `. Then: ${plainMarkdown(one.resolution, 160)}` : ''}`,
    ]),
    ...planLines(brief),
    ...list('Not reached', brief.unreachable, shown.unreachable, (one) => [
      `- ${plainMarkdown(one.server)}: ${plainMarkdown(one.reason, 140)}`,
    ]),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

/** One sentence: the verdict, since when, and the first suspect. `shownAs` makes names safe where it is shown. */
export function headline(
  brief: Brief,
  top: Suspect | undefined,
  shownAs: (text: string) => string = (text) => text,
): string {
  if (brief.verdict === 'not_enough_data')
    return 'Not enough data to tell whether something is wrong. See "Not reached" for what is missing.';
  if (brief.verdict === 'nothing_wrong')
    return 'Nothing is wrong: no alert of weight fires and nothing has left its normal.';
  const since = brief.onset
    ? ` since ${clock(brief.onset, brief.at)} UTC (${duration(brief.onset, brief.at)})`
    : '';
  return top
    ? `Something is wrong${since}. First suspect: **${shownAs(top.service)}**${top.instance ? ` (${shownAs(top.instance)})` : ''}, ${words(top.kind)}.`
    : `Something is wrong${since}, and nothing points at a cause yet.`;
}

/** Errors that are more than before, most first, apart from those that are there on any day. */
export function grownErrors({ errors }: Brief): {
  readonly grown: readonly BriefError[];
  readonly usual: readonly BriefError[];
} {
  const growth = ({ count, previousCount }: BriefError) => errorGrowth({ count, previousCount });
  return {
    grown: errors.filter((error) => growth(error) > 0).toSorted((a, b) => growth(b) - growth(a)),
    usual: errors.filter((error) => growth(error) === 0),
  };
}

export function words(slug: string): string {
  return slug.replaceAll('_', ' ');
}

function suspectLines(suspect: Suspect, index: number): readonly string[] {
  const more = suspect.evidence.length - shown.evidence;
  return [
    `${index + 1}. **${plainMarkdown(suspect.service)}**${suspect.instance ? ` (${plainMarkdown(suspect.instance)})` : ''}: ${words(suspect.kind)}, ${Math.round(suspect.score * 100)} % of the evidence`,
    ...suspect.evidence
      .slice(0, shown.evidence)
      .map(
        ({ direction, text, source }) =>
          `   - ${direction === 'for' ? '+' : '−'} ${plainMarkdown(text, 180)} (${plainMarkdown(source)})`,
      ),
    ...(more > 0 ? [`   - and ${more} more`] : []),
  ];
}

function changeLines(change: BriefChange, { at }: Brief): readonly string[] {
  const minutes = change.minutesBeforeOnset;
  const side = minutes !== null && minutes < 0 ? 'after' : 'before';
  const relation =
    minutes === null || Math.abs(minutes) > 24 * 60 ? '' : `, ${Math.abs(minutes)} min ${side} the onset`;
  return [
    `- ${clock(change.time, at)} ${plainMarkdown(change.service)} ${plainMarkdown(change.version ?? change.revision.slice(0, 10))} (${change.kind}) by ${plainMarkdown(change.by)}${relation}: ${plainMarkdown(change.summary, 120)}`,
  ];
}

function usualErrors(usual: readonly BriefError[], others: boolean): readonly string[] {
  if (usual.length === 0) return [];
  const line = `${usual.length} kinds of errors are as frequent as before.`;
  return others ? [line, ''] : ['## What fails', line, ''];
}

function planLines({ rollbackPlan: plan }: Brief): readonly string[] {
  if (!plan) return [];
  return [
    '## Drafted rollback',
    `${plainMarkdown(plan.service)}: ${plainMarkdown(plan.from)} back to ${plainMarkdown(plan.to)}. Migrations: ${plan.migrationVerdict}. ${plan.safeToRollBack ? 'Held safe.' : '**Not held safe.**'}`,
    plainMarkdown(plan.evidence, 300),
    plainMarkdown(plan.rollForward, 300),
    `Next: ${plainMarkdown(plan.apply, 300)}`,
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
