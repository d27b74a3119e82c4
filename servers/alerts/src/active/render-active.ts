import { oneLine, quoteInline, renderNotes, showTime, showValue } from '@devops-mcp/domain';
import type { ActiveAlertsAnswer } from '../tools/get-active-alerts.js';

type Group = ActiveAlertsAnswer['data']['groups'][number];
type Row = Group['alerts'][number];

/** A line that counts, then each group with its alerts, two lines an alert. */
export function renderActive(answer: ActiveAlertsAnswer): string {
  const { data } = answer;
  const silenced = data.silenced > 0 ? `, ${data.silenced} silenced` : '';
  const elsewhere = data.elsewhere > 0 ? `; ${data.elsewhere} more in other groups` : '';
  return [
    `${data.firing === 0 ? 'No alert fires' : `${data.firing} firing${silenced}`} in ${data.environment} at ${showTime(data.at)} UTC${elsewhere}`,
    ...data.groups.flatMap((group) => renderGroup(group, data.at)),
    renderNotes(answer),
  ].join('\n');
}

function renderGroup({ root, why, alerts }: Group, at: string): readonly string[] {
  const heading = root === undefined ? 'Without a service' : why.length > 0 ? `Probably from ${root}` : root;
  return [
    '',
    `${oneLine(heading)}:`,
    ...why.map((line) => `  ${oneLine(line)}`),
    ...alerts.flatMap((row) => renderRow(row, at)),
  ];
}

function renderRow(row: Row, at: string): readonly string[] {
  const raw =
    row.rawSeverity !== undefined && row.rawSeverity !== row.severity ? ` (${row.rawSeverity})` : '';
  const where = [row.service, row.instance].filter(Boolean).join(' ');
  const facts = [
    `since ${showTime(row.since, at)}`,
    valueText(row),
    row.notified.length > 0 && !row.inhibited
      ? `notified ${row.notified.join(', ')}`
      : row.inhibited
        ? ''
        : 'nobody notified',
    row.acknowledgedBy ? `acknowledged by ${row.acknowledgedBy}` : '',
    row.silenced ? `SILENCED by ${row.silenced.by} until ${showTime(row.silenced.until, at)}` : '',
    row.inhibited ? 'INHIBITED by another alert, nobody is notified' : '',
    row.merged ? `same as ${row.merged.join('; ')}` : '',
    row.seenIn && row.seenIn.length > 1 ? `seen in ${row.seenIn.join(', ')}` : '',
    row.runbookUrl ? `runbook ${row.runbookUrl}` : '',
  ];
  return [
    `  ${oneLine(`${row.severity.toUpperCase()}${raw} ${row.name} ${where} [${row.fingerprint}]`)} ${quoteInline(row.summary)}`,
    `    ${oneLine(facts.filter((fact) => fact !== '').join(' · '))}`,
  ];
}

function valueText({ value, threshold, comparison, unit, trend }: Row): string {
  if (value === undefined && threshold === undefined) return 'no value given';
  const bound = threshold === undefined ? '' : `${comparison ? `${comparison} ` : ''}${threshold}`;
  // Alertmanager is told the condition and not the value, unless an annotation carries it.
  if (value === undefined) return `fires at ${bound}`;
  const measured = showValue(value, unit ?? '');
  const limit = bound === '' ? '' : ` against ${bound}`;
  return `${measured}${limit}${trend ? `, ${trend}` : ''}`;
}
