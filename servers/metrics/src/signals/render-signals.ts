import {
  alignColumns,
  oneLine,
  quoteInline,
  renderNotes,
  renderWindow,
  showTime,
  showValue,
  sparkline,
} from '@devops-mcp/domain';
import type { SignalsAnswer } from '../tools/get-service-metrics.js';

type Row = SignalsAnswer['data']['signals'][number];

/** One line for each signal, worst first, then deployments inside the window and what is missing. */
export function renderSignals(answer: SignalsAnswer): string {
  const { data, window } = answer;
  const reference = window?.end;
  const rows = data.signals.map((row) => [
    row.verdict === 'regressed' ? 'REGRESSED' : row.verdict.replace('_', ' '),
    row.signal + groupOf(row),
    showValue(row.value ?? null, row.unit),
    `was ${showValue(row.baseline ?? null, row.unit)}`,
    changeOf(row),
    `last ${showValue(row.statistics.last ?? null, row.unit)}`,
    sparkline(row.points.map(([, value]) => value ?? null)),
    lasting(row, reference),
  ]);
  return [
    `${data.service} in ${data.environment}, ${renderWindow(window)}, against ${data.baseline.of}`,
    ...(rows.length > 0 ? [alignColumns(rows, [2])] : []),
    ...data.deployments.map(
      ({ time, kind, id, version = id, by, title }) =>
        `${showTime(time, reference)}  ${oneLine(`${kind} ${version} by ${by}`)}: ${quoteInline(title)}`,
    ),
    ...data.missing.map(({ signal, tried }) =>
      oneLine(`no ${signal}${tried.length > 0 ? ` (tried ${tried.join(', ')})` : ''}`),
    ),
    renderNotes(answer),
  ].join('\n');
}

function groupOf({ group }: Row): string {
  return group === undefined ? '' : ` ${Object.values(group).join(' ')}`;
}

function changeOf({ change }: Row): string {
  if (change === undefined) return '';
  if (Math.abs(change) >= 2) return `×${Number((change + 1).toPrecision(2))}`;
  return `${change > 0 ? '+' : ''}${Math.round(change * 100)} %`;
}

function lasting({ since, until }: Row, reference: string | undefined): string {
  if (since === undefined) return '';
  return `since ${showTime(since, reference)}${until ? ` until ${showTime(until, reference)}` : ''}`;
}
