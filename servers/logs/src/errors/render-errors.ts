import {
  alignColumns,
  oneLine,
  quoteInline,
  quoteOutside,
  renderNotes,
  renderWindow,
  showTime,
  showValue,
  sparkline,
} from '@devops-mcp/domain';
import type { ErrorsAnswer } from '../tools/get-error-summary.js';

type Group = ErrorsAnswer['data']['groups'][number];

/** One block for each group: how many and since when, where, and the message behind a bar. */
export function renderErrors(answer: ErrorsAnswer): string {
  const { total, lines, groups } = answer.data;
  const reference = answer.window?.end;
  return [
    `${total} errors in ${lines} lines, ${renderWindow(answer.window)}`,
    ...(groups.length > 0
      ? [
          alignColumns(
            groups.map((group, place) => cells(group, place, reference)),
            [1, 2],
          ),
        ]
      : []),
    ...groups.flatMap((group, place) => details(group, place, reference)),
    renderNotes(answer),
  ].join('\n');
}

function cells(group: Group, place: number, reference: string | undefined): readonly string[] {
  return [
    `${place + 1}.`,
    String(group.count),
    showValue(group.share, 'ratio'),
    group.trend === 'new' ? 'NEW' : group.trend,
    sparkline(group.histogram),
    group.service,
    quoteInline(group.type, 60),
    `${showTime(group.firstSeen, reference)} to ${showTime(group.lastSeen, reference)}`,
  ];
}

function details(group: Group, place: number, reference: string | undefined): readonly string[] {
  const { deployment } = group;
  const where = [
    ...(deployment
      ? [`new since ${deployment.version ?? deployment.id} at ${showTime(deployment.time, reference)}`]
      : []),
    listed('versions', group.versions),
    listed('operations', group.operations),
    listed('instances', group.instances),
    listed('traces', group.traceIds),
  ].filter((text) => text !== '');
  return [
    '',
    oneLine(`${place + 1}. ${where.join('; ')}`),
    quoteOutside(group.sample ?? group.template, '   '),
    ...(group.stackTrace === undefined ? [] : [quoteOutside(group.stackTrace, '   ')]),
  ];
}

function listed(name: string, values: readonly string[]): string {
  return values.length === 0 ? '' : `${name} ${values.join(', ')}`;
}
