import { ToolError } from '@devops-mcp/contract';
import type { OnCallApi, Shift, Window } from '@devops-mcp/domain';
import { fakeAnswer } from './fake-answer.js';

export interface FakeOnCallData {
  readonly timeZone?: string;
  /** Shifts of each owner. */
  readonly shifts: Readonly<Record<string, readonly Shift[]>>;
  readonly gaps?: readonly Window[];
}

/** On-call shifts in memory, by owner; gaps are given and not computed. */
export function fakeOnCall(data: FakeOnCallData): OnCallApi {
  return {
    async shifts({ owner, window }) {
      const shifts = owner === undefined ? Object.values(data.shifts).flat() : data.shifts[owner];
      if (!shifts) throw new ToolError('not_found', `No schedule is configured for ${owner}.`);
      const touching = (one: Window) => one.start < window.end && one.end > window.start;
      return fakeAnswer('fake-on-call', {
        timeZone: data.timeZone ?? 'UTC',
        shifts: shifts.filter(touching).toSorted((a, b) => a.start.getTime() - b.start.getTime()),
        gaps: (data.gaps ?? []).filter(touching),
      });
    },
  };
}
