import { oneLine, quoteInline, renderNotes, renderWindow, showSeconds, showTime } from '@devops-mcp/domain';
import type { AlertHistoryAnswer } from '../tools/get-alert-history.js';

type Row = AlertHistoryAnswer['data']['alerts'][number];

export function renderHistory(answer: AlertHistoryAnswer): string {
  const { data, window } = answer;
  const reference = window?.end;
  return [
    `Alerts in ${data.environment}, ${renderWindow(window)}: ${data.alerts.length === 0 ? 'none fired' : data.alerts.length}`,
    ...data.alerts.flatMap((row) => renderRow(row, reference)),
    renderNotes(answer),
  ].join('\n');
}

function renderRow(row: Row, reference: string | undefined): readonly string[] {
  const flaps = row.flapScore > 0 ? `, flap score ${row.flapScore}` : '';
  const before =
    row.firedBefore.last === undefined
      ? 'not in the 30 days before'
      : `${times(row.firedBefore.times)} in the 30 days before, last ${showTime(row.firedBefore.last, reference)}`;
  return [
    '',
    oneLine(
      `${row.severity.toUpperCase()} ${row.name} ${row.service ?? ''}${row.firingNow ? ' FIRING' : ''}`,
    ),
    `  fired ${times(row.firings)}, ${showSeconds(row.firingSeconds)} in all (${Math.round(row.firingShare * 100)} %)${flaps}; ${before}`,
    ...row.latest.map(
      ({ start, end, beganEarlier, value }) =>
        `  ${beganEarlier ? 'before ' : ''}${showTime(start, reference)} to ${end ? showTime(end, reference) : 'now'}${value === undefined ? '' : `, value ${value}`}`,
    ),
    ...row.deploymentsBefore.map(
      ({ id, time, title, minutesBefore }) =>
        `  deployed ${minutesBefore} min before, ${showTime(time, reference)}: ${oneLine(id).slice(0, 40)} ${quoteInline(title, 100)}`,
    ),
    ...row.incidents.map(
      ({ id, title, started, resolution }) =>
        `  ${oneLine(id)} ${started.slice(0, 10)} ${quoteInline(title, 100)}; ${resolution ? `done then: ${quoteInline(resolution, 200)}` : 'no resolution recorded'}`,
    ),
  ];
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
