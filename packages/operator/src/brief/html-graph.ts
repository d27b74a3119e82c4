import { escapeHtml } from './html-text.js';
import type { Brief, BriefGraph } from './model.js';

const box = { width: 132, height: 30, columnGap: 70, rowGap: 14 } as const;
/** Below this the names cannot be read, and the picture scrolls sideways instead. */
const smallestScale = 0.85;

/** The dependency graph from callers (left) to what they call (right), ill services outlined, the first suspect filled. */
export function renderGraph(graph: BriefGraph, brief: Brief): string {
  const columns = layers(graph);
  const place = new Map<string, { x: number; y: number }>();
  const tallest = Math.max(...columns.map((column) => column.length));
  for (const [index, column] of columns.entries()) {
    const offset = ((tallest - column.length) * (box.height + box.rowGap)) / 2;
    for (const [row, service] of column.entries()) {
      place.set(service, {
        x: index * (box.width + box.columnGap) + 2,
        y: offset + row * (box.height + box.rowGap) + 2,
      });
    }
  }
  const width = columns.length * (box.width + box.columnGap) - box.columnGap + 4;
  const height = tallest * (box.height + box.rowGap) - box.rowGap + 4;
  const edges = graph.edges.map((edge) =>
    line(place.get(edge.from), place.get(edge.to), (edge.errorShare ?? 0) > 0.02),
  );
  const nodes = graph.nodes.map(({ service, health }) =>
    node(service, health, place.get(service), brief.suspects[0]?.service === service),
  );
  return `<div class="scroll"><svg viewBox="0 0 ${width} ${height}" style="max-width:${width}px;min-width:${Math.round(width * smallestScale)}px" role="img" aria-label="Dependency graph with health">${edges.join('')}${nodes.join('')}</svg></div>`;
}

/** Longest path from a caller decides the column; what is in a cycle keeps the column it had when the cycle closed. */
function layers(graph: BriefGraph): readonly (readonly string[])[] {
  const depth = new Map(graph.nodes.map(({ service }) => [service, 0]));
  for (let round = 0; round < graph.nodes.length; round++) {
    for (const { from, to } of graph.edges) {
      const wanted = (depth.get(from) ?? 0) + 1;
      if (depth.has(to) && from !== to && wanted > (depth.get(to) ?? 0) && wanted < graph.nodes.length)
        depth.set(to, wanted);
    }
  }
  const used = [...new Set(depth.values())].sort((a, b) => a - b);
  return used.map((level) => [...depth].filter(([, at]) => at === level).map(([service]) => service));
}

function line(
  from: { x: number; y: number } | undefined,
  to: { x: number; y: number } | undefined,
  bad: boolean,
): string {
  if (!from || !to) return '';
  const [x1, y1, x2, y2] = [from.x + box.width, from.y + box.height / 2, to.x, to.y + box.height / 2];
  const bend = Math.max(24, Math.abs(x2 - x1) / 2);
  return `<path class="edge${bad ? ' bad' : ''}" d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"/>`;
}

function node(
  service: string,
  health: string,
  at: { x: number; y: number } | undefined,
  first: boolean,
): string {
  if (!at) return '';
  const classes = `node${health === 'healthy' || health === 'unknown' ? '' : ' bad'}${first ? ' first' : ''}`;
  const name = service.length > 18 ? `${service.slice(0, 17)}…` : service;
  return `<g class="${classes}"><title>${escapeHtml(`${service}: ${health}`)}</title><rect x="${at.x}" y="${at.y}" width="${box.width}" height="${box.height}" rx="6"/><text x="${at.x + box.width / 2}" y="${at.y + 19}" text-anchor="middle">${escapeHtml(name)}</text></g>`;
}
