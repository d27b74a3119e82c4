import {
  oneLine,
  quoteOutside,
  renderNotes,
  renderWindow,
  showSeconds,
  showTime,
  sparkline,
} from '@devops-mcp/domain';
import type { SearchAnswer } from '../tools/search-logs.js';

type Excerpt = SearchAnswer['data']['excerpts'][number];
type Line = Excerpt['lines'][number];

/** The histogram, then every excerpt: matches marked with `>`, messages behind a bar. */
export function renderSearch(answer: SearchAnswer): string {
  const { total, histogram, excerpts, nextCursor } = answer.data;
  const reference = answer.window?.end;
  const step = histogram.stepSeconds === undefined ? '' : ` a bar is ${showSeconds(histogram.stepSeconds)}`;
  return [
    `${total} lines match, ${renderWindow(answer.window)}`,
    ...(histogram.counts.length > 0
      ? [`${sparkline(histogram.counts)} ${step}, most ${Math.max(...histogram.counts)}`]
      : []),
    ...excerpts.flatMap((excerpt) => renderExcerpt(excerpt, reference)),
    ...(nextCursor === undefined ? [] : [`nextCursor: ${nextCursor}`]),
    renderNotes(answer),
  ].join('\n');
}

function renderExcerpt(
  { service, instance, lines }: Excerpt,
  reference: string | undefined,
): readonly string[] {
  return [
    '',
    oneLine(`${service} ${instance ?? ''}`),
    ...lines.flatMap((line) => renderLine(line, reference)),
  ];
}

function renderLine(line: Line, reference: string | undefined): readonly string[] {
  const facts = [
    `${line.match ? '>' : ' '} ${showTime(line.time, reference)} ${line.level}`,
    ...(line.repeats === undefined
      ? []
      : [`×${line.repeats} until ${showTime(line.lastSeen ?? line.time, reference)}`]),
    ...(line.traceId === undefined ? [] : [`trace ${line.traceId}`]),
  ];
  return [facts.join('  '), quoteOutside(line.message, '    ')];
}
