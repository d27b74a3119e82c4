import assert from 'node:assert/strict';
import type { CallContext } from '@devops-mcp/contract';
import type { OnCallApi } from '../on-call.js';
import type { ContractCase } from './contract-case.js';

export interface OnCallContractSetup {
  /** A system with at least one shift in the week after `context.now`. */
  readonly onCall: OnCallApi;
  readonly context: CallContext;
  /** Has a schedule. */
  readonly owner: string;
}

const weekMs = 7 * 24 * 3_600_000;

/** What every backend of the on-call port must do. */
export function onCallContract(open: () => Promise<OnCallContractSetup>): readonly ContractCase[] {
  const contractCase = (name: string, run: (setup: OnCallContractSetup) => Promise<void>): ContractCase => ({
    name,
    run: async () => run(await open()),
  });
  const weekFrom = (now: Date) => ({ start: now, end: new Date(now.getTime() + weekMs) });
  return [
    contractCase('shifts touch the window, in order of start', async ({ onCall, context, owner }) => {
      const window = weekFrom(context.now);
      const { shifts } = (await onCall.shifts({ owner, window }, context)).data;
      assert.ok(shifts.length > 0);
      assert.ok(shifts.every(({ start, end }) => start < end && start < window.end && end > window.start));
      const starts = shifts.map(({ start }) => start.getTime());
      assert.deepEqual(
        starts,
        starts.toSorted((a, b) => a - b),
      );
      assert.ok(shifts.every(({ who, level }) => who !== '' && level >= 1));
    }),
    contractCase('gaps are exactly the time that no shift covers', async ({ onCall, context, owner }) => {
      const window = weekFrom(context.now);
      const { shifts, gaps } = (await onCall.shifts({ owner, window }, context)).data;
      const lowest = Math.min(...shifts.map(({ level }) => level));
      const first = shifts.filter(({ level }) => level === lowest);
      for (const gap of gaps) {
        assert.ok(gap.start < gap.end && gap.start >= window.start && gap.end <= window.end);
        assert.ok(first.every(({ start, end }) => end <= gap.start || start >= gap.end));
      }
      for (let at = window.start.getTime(); at < window.end.getTime(); at += 15 * 60_000) {
        const covered = first.some(({ start, end }) => start.getTime() <= at && at < end.getTime());
        const gap = gaps.some(({ start, end }) => start.getTime() <= at && at < end.getTime());
        assert.notEqual(covered, gap, `${new Date(at).toISOString()} must be covered or a gap`);
      }
    }),
    contractCase('an owner without a schedule is unknown, not empty', async ({ onCall, context }) => {
      await assert.rejects(
        onCall.shifts({ owner: 'group:default/no-such-team', window: weekFrom(context.now) }, context),
        { code: 'not_found' },
      );
    }),
  ];
}
