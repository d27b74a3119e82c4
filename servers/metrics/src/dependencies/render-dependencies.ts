import {
  alignColumns,
  oneLine,
  renderNotes,
  renderWindow,
  showSeconds,
  showTime,
  showValue,
} from '@devops-mcp/domain';
import type { DependenciesAnswer } from '../tools/get-service-dependencies.js';

type NodeRow = DependenciesAnswer['data']['nodes'][number];
type EdgeRow = DependenciesAnswer['data']['edges'][number];

/** Where the fault comes from, then the nodes, then the calls between them. */
export function renderDependencies(answer: DependenciesAnswer): string {
  const { data, window } = answer;
  const reference = window?.end;
  const suspects = data.origin.suspects.length > 0 ? `: ${data.origin.suspects.join(', ')}` : '';
  return [
    oneLine(
      `${data.service} in ${data.environment}, ${renderWindow(window)}: ${data.origin.verdict}${suspects}`,
    ),
    ...data.origin.evidence.map((line) => `  ${oneLine(line)}`),
    '',
    alignColumns(data.nodes.map((node) => nodeCells(node, reference))),
    ...(data.edges.length > 0 ? ['', alignColumns(data.edges.map(edgeCells), [3, 4, 5])] : []),
    ...data.disagreements.map((line) => `≠ ${oneLine(line)}`),
    renderNotes(answer),
  ].join('\n');
}

function nodeCells(node: NodeRow, reference: string | undefined): readonly string[] {
  const last = node.lastDeployment;
  return [
    node.health === 'unhealthy' ? 'UNHEALTHY' : node.health,
    node.name,
    node.relation === 'self' ? '' : `${node.relation} ${node.depth}`,
    node.owner ?? '-',
    last ? `deployed ${showTime(last.time, reference)} ${last.version ?? last.id}` : '',
    [...node.reasons, ...unmentionedAlerts(node)].join('; '),
  ];
}

function unmentionedAlerts({ reasons, alerts }: NodeRow): readonly string[] {
  const shown = (alerts ?? []).map((alert) => `alert ${alert}`);
  return shown.filter((alert) => !reasons.some((reason) => reason.startsWith(alert)));
}

function edgeCells(edge: EdgeRow): readonly string[] {
  const seen = edge.seenSecondsAgo === undefined ? '' : `seen ${showSeconds(edge.seenSecondsAgo)} ago`;
  const now = (value: number | undefined, unit: string) =>
    value === undefined ? '' : showValue(value, unit);
  const was = (value: number | undefined, unit: string) =>
    value === undefined ? '' : ` (was ${showValue(value, unit)})`;
  return [
    `${edge.from} → ${edge.to}`,
    edge.origin === 'both' ? 'declared, seen' : edge.origin === 'declared' ? 'declared only' : 'seen only',
    seen,
    now(edge.callsPerSecond, '1/s'),
    `${now(edge.errorShare, 'ratio')}${was(edge.previousErrorShare, 'ratio')}`,
    `${now(edge.p95Ms, 'ms')}${was(edge.previousP95Ms, 'ms')}`,
  ];
}
