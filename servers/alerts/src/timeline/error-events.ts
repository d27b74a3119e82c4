import type { CallContext, PartialFailure } from '@devops-mcp/contract';
import { type ErrorGroup, type LogsApi, optionalAnswer, quoteInline, type Window } from '@devops-mcp/domain';
import { inScope, nameText, type TimelineEvent, type TimelineScope } from './timeline-event.js';

export interface ErrorRecord {
  /** Errors that were not there in the window before, in order of their first line. */
  readonly fresh: readonly ErrorGroup[];
  readonly events: readonly TimelineEvent[];
  readonly partial: readonly PartialFailure[];
  readonly hints: readonly string[];
}

const asked = 30;
const shown = 6;
/** Fewer lines than this, or than this share of the most frequent new error, are noise beside an incident. */
const fewestLines = 3;
const fewestShare = 0.05;

/** The first lines of errors that are new in the window. */
export async function recordErrors(
  logs: LogsApi | undefined,
  scope: TimelineScope,
  window: Window,
  context: CallContext,
): Promise<ErrorRecord> {
  const { environment, services } = scope;
  const only = services?.size === 1 ? [...services][0] : undefined;
  const found = await optionalAnswer(
    { port: logs, name: 'logs', environment, adds: 'first errors' },
    context,
    (port) =>
      port.errorSummary({ ...(only === undefined ? {} : { service: only }), window, top: asked }, context),
  );
  const unseen = (found.data?.groups ?? [])
    .filter(({ service }) => inScope(scope, service))
    .filter(({ previousCount }) => previousCount === 0)
    .toSorted((a, b) => b.count - a.count);
  const fewest = Math.max(fewestLines, fewestShare * (unseen[0]?.count ?? 0));
  const fresh = unseen
    .filter(({ count }) => count >= fewest)
    .slice(0, shown)
    .toSorted((a, b) => a.firstSeen.getTime() - b.firstSeen.getTime());
  return { fresh, events: fresh.map(errorEvent), partial: found.partial, hints: found.hints };
}

function errorEvent({ firstSeen, service, type, template, count }: ErrorGroup, at: number): TimelineEvent {
  const text = `first of ${count} ${type === 'log' ? 'errors' : nameText(type)}: ${quoteInline(template)}`;
  return { time: firstSeen, kind: 'error', service, rank: at === 0 ? 0 : 2, text };
}
