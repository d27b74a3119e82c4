import { type CallContext, definePort } from '@devops-mcp/contract';
import type { Answer, Window } from './answer.js';
import { mergeOnCall } from './merging/on-call.js';

export interface Shift {
  /** As the rota names them: a person's address or a team. */
  readonly who: string;
  readonly schedule: string;
  readonly start: Date;
  readonly end: Date;
  /** 1 is paged first. */
  readonly level: number;
  readonly override: boolean;
}

export interface OnCallApi {
  /** Shifts of the schedules that cover the service's owner (or the named schedule), overrides applied, in order of start. */
  shifts(
    query: { readonly owner?: string; readonly schedule?: string; readonly window: Window },
    context: CallContext,
  ): Promise<
    Answer<{ readonly timeZone: string; readonly shifts: readonly Shift[]; readonly gaps: readonly Window[] }>
  >;
}

export const onCallPort = definePort<OnCallApi>()('onCall', 'Who is on call', mergeOnCall);
