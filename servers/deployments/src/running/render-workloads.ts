import { alignColumns, oneLine, quoteInline, renderNotes, showTime } from '@devops-mcp/domain';
import type { WorkloadsAnswer } from '../tools/get-workload-status.js';

type Pod = WorkloadsAnswer['data']['pods'][number];

export function renderWorkloads(answer: WorkloadsAnswer): string {
  const { service, workloads, pods, events } = answer.data;
  return [
    `${oneLine(service)}${workloads.length === 0 ? ': no workload' : ''}`,
    ...workloads.map((one) => {
      const limits = Object.entries(one.limits).map(([name, value]) => `${name} ${value}`);
      const counts = `${one.ready} of ${one.desired} ready, ${one.updated} updated`;
      return oneLine(
        `${one.kind}: ${counts}, rollout ${one.rollout}${limits.length > 0 ? `, limits ${limits.join(' ')}` : ''}`,
      );
    }),
    ...(pods.length > 0 ? [alignColumns(pods.map((pod) => podCells(pod)))] : []),
    ...events.map((event) => {
      const times = event.count > 1 ? ` ×${event.count}` : '';
      return `${showTime(event.time)}  ${oneLine(event.reason)}${times}  ${quoteInline(event.message)}`;
    }),
    renderNotes(answer),
  ].join('\n');
}

function podCells(pod: Pod): readonly string[] {
  const last = pod.lastTermination;
  return [
    pod.name,
    pod.ready ? 'ready' : 'NOT READY',
    pod.phase,
    `${pod.restarts} restarts`,
    pod.reason ?? '',
    last ? `last ended ${showTime(last.time)}: ${last.reason} (${last.exitCode})` : '',
  ];
}
