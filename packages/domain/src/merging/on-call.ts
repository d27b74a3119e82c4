import type { PortPart } from '@devops-mcp/contract';
import type { Window } from '../answer.js';
import type { OnCallApi, Shift } from '../on-call.js';
import { askAll } from './ask-parts.js';
import { joinAnswers } from './join-answers.js';

/** Shifts of all rotas; a gap is what none of them covers. Times are shown in the first one's zone. */
export function mergeOnCall(parts: readonly PortPart<OnCallApi>[]): OnCallApi {
  return {
    async shifts(query, context) {
      const asked = await askAll(parts, context, (api) => api.shifts(query, context));
      const rotas = asked.answered.map(({ answer }) => answer.data);
      // A rota that knows neither a shift nor a gap says nothing about who is there.
      const telling = rotas.filter(({ shifts, gaps }) => shifts.length + gaps.length > 0);
      const [first, ...rest] = telling.map(({ gaps }) => gaps);
      return joinAnswers(asked, {
        timeZone: (telling[0] ?? rotas[0])?.timeZone ?? 'UTC',
        shifts: withoutRepeats(rotas.flatMap(({ shifts }) => shifts)),
        gaps: rest.reduce(overlap, first ?? []),
      });
    },
  };
}

function withoutRepeats(shifts: readonly Shift[]): readonly Shift[] {
  const known = new Map<string, Shift>();
  for (const shift of shifts) {
    const { who, schedule, level, start, end } = shift;
    const key = JSON.stringify([who, schedule, level, start.getTime(), end.getTime()]);
    if (!known.has(key)) known.set(key, shift);
  }
  return [...known.values()].toSorted((a, b) => a.start.getTime() - b.start.getTime());
}

function overlap(some: readonly Window[], others: readonly Window[]): readonly Window[] {
  return some.flatMap((a) =>
    others.flatMap((b) => {
      const start = a.start > b.start ? a.start : b.start;
      const end = a.end < b.end ? a.end : b.end;
      return start < end ? [{ start, end }] : [];
    }),
  );
}
