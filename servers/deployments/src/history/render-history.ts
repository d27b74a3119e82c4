import { oneLine, quoteInline, renderNotes, renderWindow, showTime } from '@devops-mcp/domain';
import type { HistoryAnswer } from '../tools/get-deployment-history.js';
import { renderChanges } from './render-diff.js';

type Row = HistoryAnswer['data']['deployments'][number];

/** One line for each deployment and one for what it changed. */
export function renderHistory(answer: HistoryAnswer): string {
  const { deployments, environment, lastBefore } = answer.data;
  const count = deployments.length === 1 ? '1 deployment' : `${deployments.length} deployments`;
  return [
    `${count} in ${environment}, ${renderWindow(answer.window)}`,
    ...deployments.flatMap((row) => renderRow(row)),
    ...(lastBefore
      ? [
          `The last before: ${showTime(lastBefore.time)} ${oneLine(lastBefore.service)} ${oneLine(lastBefore.version ?? lastBefore.revision.slice(0, 12))}`,
        ]
      : []),
    renderNotes(answer),
  ].join('\n');
}

function renderRow(row: Row): readonly string[] {
  const result = row.result === 'succeeded' ? '' : ` ${row.result.toUpperCase()}`;
  const head = [
    showTime(row.time),
    `${oneLine(row.service)} ${versionText(row)}`,
    `${row.kind}${result}`,
    `by ${oneLine(row.by)}`,
    row.revision.slice(0, 12),
    quoteInline(row.title, 80),
    ...(row.seenIn ? [oneLine(`seen in ${row.seenIn.join(', ')}`)] : []),
  ].join('  ');
  const changes = row.diff ? renderChanges(row.diff) : [];
  return [head, ...(changes.length > 0 ? [`    ${changes.join('; ')}`] : [])];
}

/** `1.4.1 → 1.4.2` when the image changed, else the version that runs. */
function versionText({ version, diff }: Row): string {
  const from = diff?.image?.from;
  const before = from === undefined ? undefined : /:([^:/@]+)(?:@.*)?$/.exec(from)?.[1];
  const now = oneLine(version ?? '(no version)');
  return before === undefined || before === version ? now : `${oneLine(before)} → ${now}`;
}
