import { oneLine, quoteOutside, renderNotes, showTime } from '@devops-mcp/domain';
import type { DiffAnswer } from '../tools/get-deployment-diff.js';
import { renderChanges } from './render-diff.js';

type End = DiffAnswer['data']['from'];

/** The summary, then every patch behind a bar, so that nothing in it can pass for a line of the answer. */
export function renderPatches(answer: DiffAnswer): string {
  const { service, from, to, summary, files, withoutPatch } = answer.data;
  return [
    `${oneLine(service)}: ${endText(from)} → ${endText(to)}`,
    ...renderChanges(summary).map((change) => `  ${change}`),
    ...files.flatMap((file) => [
      '',
      `${file.status} ${oneLine(file.path)}`,
      quoteOutside(file.patch.trimEnd()),
    ]),
    ...(withoutPatch.length > 0 ? ['', `Changed too: ${withoutPatch.map(oneLine).join(', ')}`] : []),
    renderNotes(answer),
  ].join('\n');
}

function endText({ revision, version, time }: End): string {
  const name =
    version === undefined ? revision.slice(0, 12) : `${oneLine(version)} (${revision.slice(0, 12)})`;
  return time === undefined ? name : `${name} ${showTime(time)}`;
}
