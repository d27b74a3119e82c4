import { oneLine, quoteOutside, renderNotes, showSeconds, showTime } from '@devops-mcp/domain';
import type { PipelinesAnswer } from '../tools/get-pipeline-status.js';

type Run = PipelinesAnswer['data']['runs'][number];

export function renderPipelines(answer: PipelinesAnswer): string {
  const { service, runs, lastSucceeded } = answer.data;
  return [
    `${oneLine(service)}: ${runs.length === 0 ? 'no pipeline runs' : `${runs.length} pipeline runs, newest first`}`,
    ...runs.flatMap((run) => renderRun(run)),
    ...(lastSucceeded && runs[0]?.status === 'failed'
      ? [`Last success: ${showTime(lastSucceeded.started)} ${lastSucceeded.revision.slice(0, 12)}`]
      : []),
    renderNotes(answer),
  ].join('\n');
}

function renderRun(run: Run): readonly string[] {
  const stages = run.stages
    .map((stage) => {
      const length = stage.durationSeconds === undefined ? '' : ` ${showSeconds(stage.durationSeconds)}`;
      return oneLine(`${stage.name} ${stage.status}${length}`);
    })
    .join(', ');
  return [
    `${showTime(run.started)}  ${run.status}  ${oneLine(run.name)}  ${run.revision.slice(0, 12)}`,
    ...(stages === '' ? [] : [`    ${stages}`]),
    ...(run.pendingApprovals.length > 0
      ? [`    waits for ${run.pendingApprovals.map(oneLine).join(', ')}`]
      : []),
    ...(run.failure
      ? [
          `    failed in ${oneLine(run.failure.job)}, ${oneLine(run.failure.step)}`,
          quoteOutside(run.failure.excerpt, '    '),
        ]
      : []),
  ];
}
