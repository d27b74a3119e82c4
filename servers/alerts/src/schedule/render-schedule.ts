import { oneLine, renderNotes } from '@devops-mcp/domain';
import type { ScheduleAnswer } from '../tools/get-on-call-schedule.js';

type Row = ScheduleAnswer['data']['now'][number];

/** Times as the people on call read them, in the schedule's own zone. */
export function renderSchedule(answer: ScheduleAnswer): string {
  const { data } = answer;
  const local = localTime(data.timeZone);
  const line = ({ level, who, start, end, override, schedule }: Row) =>
    `  level ${level}  ${oneLine(who)}  ${local(start)} to ${local(end)}${override ? ' (override)' : ''}  ${oneLine(schedule)}`;
  const section = (title: string, rows: readonly Row[]) =>
    rows.length > 0 ? [title, ...rows.map(line)] : [];
  return [
    oneLine(
      `On call for ${data.service}${data.owner === undefined ? '' : ` (${data.owner})`} at ${local(data.at)}, times in ${data.timeZone}:`,
    ),
    ...(data.now.length > 0 ? data.now.map(line) : ['  NOBODY']),
    ...section('Next:', data.next),
    ...section('Overrides:', data.overrides),
    ...(data.gaps.length > 0
      ? ['Gaps:', ...data.gaps.map(({ start, end }) => `  ${local(start)} to ${local(end)}`)]
      : [`No gaps until ${local(data.until)}.`]),
    renderNotes(answer),
  ].join('\n');
}

function localTime(timeZone: string): (time: string) => string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: '2-digit',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
  return (time) => format.format(new Date(time)).replaceAll(',', '');
}
