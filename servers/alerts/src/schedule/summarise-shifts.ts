import type { Shift } from '@devops-mcp/domain';

export interface Duty {
  readonly level: number;
  readonly who: string;
  readonly schedule: string;
  readonly start: Date;
  readonly end: Date;
  readonly override: boolean;
}

export interface ShiftSummary {
  /** Who is on call at the moment, in order of escalation. */
  readonly now: readonly Duty[];
  /** For each level, who comes next. */
  readonly next: readonly Duty[];
  /** Overrides that are not over yet. */
  readonly overrides: readonly Duty[];
}

/** Who is on call at `at`, until when, and who follows. Shifts that follow each other with the same person count as one. */
export function summariseShifts(shifts: readonly Shift[], at: Date): ShiftSummary {
  const duties = joined(shifts);
  const now = duties.filter(({ start, end }) => start <= at && at < end);
  const levels = [...new Set(shifts.map(({ level }) => level))].toSorted((a, b) => a - b);
  const next = levels.flatMap((level) => {
    const current = now.filter((duty) => duty.level === level);
    const following = duties.filter(
      (duty) => duty.level === level && duty.start > at && !current.includes(duty),
    );
    const first = following[0];
    // Two people may take over together.
    return first ? following.filter(({ start }) => start.getTime() === first.start.getTime()) : [];
  });
  return {
    now: now.toSorted((a, b) => a.level - b.level || (a.who < b.who ? -1 : 1)),
    next,
    overrides: shifts.filter(({ override, end }) => override && end > at),
  };
}

function joined(shifts: readonly Shift[]): readonly Duty[] {
  const duties: Duty[] = [];
  for (const shift of shifts.toSorted((a, b) => a.start.getTime() - b.start.getTime())) {
    const at = duties.findLastIndex(
      ({ who, level, schedule, end }) =>
        who === shift.who && level === shift.level && schedule === shift.schedule && end >= shift.start,
    );
    const before = duties[at];
    if (!before) duties.push(shift);
    else if (shift.end > before.end)
      duties[at] = { ...before, end: shift.end, override: before.override && shift.override };
  }
  return duties;
}
