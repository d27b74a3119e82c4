import { showSeconds, showTime } from '@devops-mcp/domain';
import type { Phase, PhaseEvidence } from './phases.js';
import type { TimelineEvent } from './timeline-event.js';

/** A stretch without any record this long, while the trouble lasted, is worth a question. */
const quietMs = 20 * 60_000;
const mostQuiet = 5;

/** What the timeline does not tell, in sentences: phases without a time, quiet stretches, trouble older than the window. */
export function findGaps(
  phases: readonly Phase[],
  events: readonly TimelineEvent[],
  { alerts }: PhaseEvidence,
  end: Date,
): readonly string[] {
  const timeOf = (name: Phase['phase']) => phases.find(({ phase }) => phase === name)?.time ?? undefined;
  const missing = phases
    .filter(({ phase, time }) => time === null && phase !== 'mitigated')
    .map(({ phase, basis }) => `Not known when it was ${phase}: ${basis}.`);
  const older = [...new Set(alerts.before.map(({ name }) => name))];
  const start = timeOf('started');
  if (!start && older.length === 0) return ['Nothing in this window says that anything was wrong.'];
  return [
    ...(older.length > 0 ? [`Fired already when the window began: ${older.slice(0, 5).join(', ')}.`] : []),
    ...missing,
    ...(start ? quietStretches(events, start, timeOf('resolved') ?? end) : []),
  ];
}

function quietStretches(events: readonly TimelineEvent[], start: Date, end: Date): readonly string[] {
  const times = events.map(({ time }) => time).filter((time) => time > start && time < end);
  const marks = [start, ...times.toSorted((a, b) => a.getTime() - b.getTime()), end];
  const quiet = marks.flatMap((to, at) => {
    const from = marks[at - 1];
    return from && to.getTime() - from.getTime() >= quietMs ? [{ from, to }] : [];
  });
  return quiet
    .toSorted((a, b) => length(b) - length(a))
    .slice(0, mostQuiet)
    .toSorted((a, b) => a.from.getTime() - b.from.getTime())
    .map(
      ({ from, to }) =>
        `Nothing on record from ${showTime(from, end)} to ${showTime(to, end)} UTC (${showSeconds((to.getTime() - from.getTime()) / 1000)}).`,
    );
}

function length({ from, to }: { readonly from: Date; readonly to: Date }): number {
  return to.getTime() - from.getTime();
}
