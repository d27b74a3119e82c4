import {
  type AnswerFrame,
  estimateTokens,
  fitTokens,
  type Incident,
  knownFields,
  truncationField,
} from '@devops-mcp/domain';
import type { TimelineAnswer } from '../tools/build-incident-timeline.js';
import type { Phase } from './phases.js';
import type { TimelineEvent, TimelineScope } from './timeline-event.js';

export interface FoundTimeline {
  readonly incident: Incident | undefined;
  readonly scope: TimelineScope;
  readonly phases: readonly Phase[];
  /** In order of time. */
  readonly events: readonly TimelineEvent[];
  readonly gaps: readonly string[];
}

/** The timeline as an answer: what matters least is left out first, what is left stays in order of time. */
export function presentTimeline(
  { incident, scope, phases, events, gaps }: FoundTimeline,
  question: {
    readonly service?: string | undefined;
    readonly format: 'markdown' | 'json';
    readonly maxTokens: number;
  },
  frame: AnswerFrame,
): TimelineAnswer {
  const { environment, services } = scope;
  const beside = {
    title: incident ? `${incident.id} ${incident.title}` : (question.service ?? environment),
    environment,
    services: [...(services ?? [])],
    format: question.format,
    phases: phaseRows(phases),
    gaps: [...gaps],
  };
  const fitted = fitTokens(events.map(eventRow), {
    maxTokens: question.maxTokens,
    reserved: frame.tokens + estimateTokens(beside),
    rank: (a, b) => a.rank - b.rank,
    howToGetMore: 'Raise maxTokens, or give a shorter period or a service; repeated alerts were cut first.',
  });
  const shown = fitted.rows
    .toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
    .map(({ rank: _rank, ...row }) => row);
  return { data: { ...beside, events: shown }, ...frame.fields, ...truncationField(fitted.truncation) };
}

function phaseRows(phases: readonly Phase[]): TimelineAnswer['data']['phases'] {
  const started = phases[0]?.time;
  return phases.map(({ phase, time, basis }) =>
    knownFields({
      phase,
      time: time?.toISOString(),
      secondsFromStart: time && started ? Math.round((time.getTime() - started.getTime()) / 1000) : undefined,
      basis,
    }),
  );
}

function eventRow({ time, kind, service, text, rank }: TimelineEvent) {
  return knownFields({ time: time.toISOString(), kind, service, text, rank });
}
