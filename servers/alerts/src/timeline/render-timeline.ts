import { oneLine, quoteInline, renderNotes, renderWindow, showSeconds, showTime } from '@devops-mcp/domain';
import type { TimelineAnswer } from '../tools/build-incident-timeline.js';

/** Markdown to paste into a record, or the data as JSON. */
export function renderTimeline(answer: TimelineAnswer): string {
  const { data, window } = answer;
  if (data.format === 'json') return JSON.stringify(data);
  const reference = window?.start;
  return [
    `# Timeline: ${quoteInline(data.title)}`,
    '',
    oneLine(`${[data.environment, ...data.services].join(', ')}; ${renderWindow(window)}`),
    '',
    '## Phases',
    ...data.phases.map((phase) => phaseLine(phase, reference)),
    '',
    '## Events',
    ...(data.events.length === 0 ? ['Nothing is on record.'] : []),
    ...data.events.map(({ time, kind, service, text }) =>
      oneLine(
        `- ${showTime(time, reference)} ${kind.replaceAll('_', ' ')}${service ? ` ${service}` : ''}: ${text}`,
      ),
    ),
    ...(data.gaps.length > 0 ? ['', '## Gaps', ...data.gaps.map((gap) => oneLine(`- ${gap}`))] : []),
    '',
    renderNotes(answer),
  ].join('\n');
}

function phaseLine(
  { phase, time, secondsFromStart, basis }: TimelineAnswer['data']['phases'][number],
  reference: string | undefined,
): string {
  if (time === undefined) return oneLine(`- ${phase}: not known (${basis})`);
  const after =
    phase === 'started' || secondsFromStart === undefined
      ? ''
      : `, ${showSeconds(secondsFromStart)} after the start`;
  return oneLine(`- ${phase}: ${showTime(time, reference)}${after} (${basis})`);
}
