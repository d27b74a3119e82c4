import type { CallContext } from '@devops-mcp/contract';
import {
  type Acknowledgement,
  type Alert,
  type AlertsApi,
  type AlertTransition,
  type Answer,
  quoteInline,
  type Window,
} from '@devops-mcp/domain';
import { inScope, nameText, type TimelineEvent, type TimelineScope } from './timeline-event.js';

export interface AlertRecord {
  readonly transitions: readonly AlertTransition[];
  readonly acknowledgements: readonly Acknowledgement[];
  /** What fired already when the window began. */
  readonly before: readonly Alert[];
  /** What fires at the end of the window. */
  readonly after: readonly Alert[];
  readonly events: readonly TimelineEvent[];
  readonly answer: Answer<unknown>;
}

export async function recordAlerts(
  alerts: AlertsApi,
  scope: TimelineScope,
  window: Window,
  context: CallContext,
): Promise<AlertRecord> {
  const answer = await alerts.transitions({ window }, context);
  const transitions = answer.data.filter(({ service, name }) => inScope(scope, service, name));
  const relevant = ({ service, name }: Alert) => inScope(scope, service, name);
  const before = (await alerts.active({ at: window.start }, context)).data.filter(relevant);
  const end = window.end < context.now ? window.end : context.now;
  const after = (await alerts.active({ at: end }, context)).data.filter(relevant);
  const acknowledged = (await alerts.acknowledgements?.({ window }, context))?.data ?? [];
  const acknowledgements = acknowledged.filter(({ service, name }) => inScope(scope, service, name));
  const events = [...transitionEvents(transitions), ...acknowledgements.map(acknowledgementEvent)];
  return { transitions, acknowledgements, before, after, events, answer };
}

/** The first firing and the last end of each alert matter most; what lies between is repetition. */
function transitionEvents(transitions: readonly AlertTransition[]): readonly TimelineEvent[] {
  const keyOf = ({ name, service, state }: AlertTransition) => JSON.stringify([name, service, state]);
  const firstAt = new Map<string, AlertTransition>();
  const lastAt = new Map<string, AlertTransition>();
  for (const one of transitions) {
    if (!firstAt.has(keyOf(one))) firstAt.set(keyOf(one), one);
    lastAt.set(keyOf(one), one);
  }
  return transitions.map((one) => {
    const telling = one.state === 'firing' ? firstAt.get(keyOf(one)) === one : lastAt.get(keyOf(one)) === one;
    const rank = !telling ? 3 : one.state === 'firing' ? 0 : 1;
    return { time: one.time, kind: 'alert', service: one.service, rank, text: transitionText(one) };
  });
}

function transitionText({ name, state, severity, value, receivers }: AlertTransition): string {
  if (state === 'resolved') return `${nameText(name)} ends`;
  const notified = receivers?.length ? `, notified ${receivers.slice(0, 5).map(nameText).join(', ')}` : '';
  return `${nameText(name)} fires (${severity}${value === null ? '' : `, value ${value}`})${notified}`;
}

function acknowledgementEvent({ time, name, service, by, note }: Acknowledgement): TimelineEvent {
  const text = `${nameText(by)} acknowledges ${nameText(name)}${note ? `: ${quoteInline(note)}` : ''}`;
  return { time, kind: 'acknowledgement', service, rank: 0, text };
}
