import { alignColumns, oneLine, quoteInline, renderNotes, showTime } from '@devops-mcp/domain';
import type { WorkloadsAnswer } from '../tools/get-workload-status.js';

type Data = WorkloadsAnswer['data'];

export function renderWorkloads(answer: WorkloadsAnswer): string {
  const { summary, workloads, pods, events, quotas = [] } = answer.data;
  return [
    oneLine(summary),
    ...workloads.map(workloadLine),
    ...(pods.length > 0 ? [alignColumns(pods.map((pod) => podCells(pod)))] : []),
    ...events.map((event) => {
      const times = event.count > 1 ? ` ×${event.count}` : '';
      const object = event.object === undefined ? '' : ` ${oneLine(event.object)}`;
      return `${showTime(event.time)}  ${oneLine(event.reason)}${times}${object}  ${quoteInline(event.message)}`;
    }),
    ...quotas.map(({ name, resource, used, hard }) =>
      oneLine(`Quota ${name}: ${resource} ${used} of ${hard}`),
    ),
    renderNotes(answer),
  ].join('\n');
}

function workloadLine(one: Data['workloads'][number]): string {
  const limits = Object.entries(one.limits ?? {}).map(([name, value]) => `${name} ${value}`);
  const { autoscaler: scaler, disruptionBudget: budget } = one;
  const parts = [
    `${one.ready} of ${one.desired} ready`,
    `${one.updated} updated`,
    `rollout ${one.rollout}`,
    ...(one.reason === undefined ? [] : [one.reason]),
    ...(one.version === undefined ? [] : [`version ${one.version}`]),
    ...(limits.length > 0 ? [`limits ${limits.join(' ')}`] : []),
    ...(scaler
      ? [
          `autoscaler ${scaler.min}-${scaler.max} now ${scaler.current} wants ${scaler.desired}${scaler.blocked ? ` (${scaler.blocked})` : ''}`,
        ]
      : []),
    ...(budget ? [`budget ${budget.name} allows ${budget.disruptionsAllowed} disruptions`] : []),
  ];
  return oneLine(`${one.kind} ${one.name ?? one.service}: ${parts.join(', ')}`);
}

function podCells(pod: Data['pods'][number]): readonly string[] {
  const last = pod.lastTermination;
  return [
    pod.name,
    pod.ready ? 'ready' : 'NOT READY',
    pod.phase ?? 'Running',
    `${pod.restarts} restarts`,
    pod.reason ?? '',
    last ? `last ended ${showTime(last.time)}: ${last.reason} (${last.exitCode})` : '',
    pod.node ?? '',
  ];
}
