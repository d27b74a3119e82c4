import type { PortPart } from '@devops-mcp/contract';
import type { DependenciesApi, DependencyEdge } from '../metrics.js';
import { type AnsweredPart, askAll } from './ask-parts.js';
import { joinRows } from './join-answers.js';

const mostShown = 5;
/** Rates this far apart are no matter of sampling windows. */
const tellingFactor = 2;

type EdgeOf = { readonly backend: string; readonly edge: DependencyEdge };

/**
 * The union of the edges; what several see is told by the first of them in order of configuration.
 * Hints say where two systems see the same edge differently, and which see edges that others do not.
 */
export function mergeDependencies(parts: readonly PortPart<DependenciesApi>[]): DependenciesApi {
  return {
    async edges(query, context) {
      const asked = await askAll(parts, context, (api) => api.edges(query, context));
      const seen = groupEdges(asked.answered);
      const edges = seen.flatMap((group) => edgeOf(group) ?? []);
      const hints = [...differing(seen), ...seenByOne(seen, asked.answered)];
      return joinRows(asked, edges, { hints });
    },
  };
}

function groupEdges(
  answered: readonly AnsweredPart<readonly DependencyEdge[]>[],
): readonly (readonly EdgeOf[])[] {
  const groups = new Map<string, EdgeOf[]>();
  for (const { backend, answer } of answered) {
    for (const edge of answer.data) {
      const key = JSON.stringify([edge.from, edge.to]);
      groups.set(key, [...(groups.get(key) ?? []), { backend, edge }]);
    }
  }
  return [...groups.values()];
}

function edgeOf(group: readonly EdgeOf[]): DependencyEdge | undefined {
  const first = group[0]?.edge;
  const lastSeen = Math.max(...group.map(({ edge }) => edge.lastSeen.getTime()));
  return first && { ...first, lastSeen: new Date(lastSeen) };
}

function differing(groups: readonly (readonly EdgeOf[])[]): readonly string[] {
  const differ = groups.filter((group) => {
    const rates = group.map(({ edge }) => edge.callsPerSecond);
    return group.length > 1 && Math.max(...rates) > tellingFactor * Math.min(...rates);
  });
  const shown = differ.slice(0, mostShown).map((group) => {
    const rates = group.map(({ backend, edge }) => `${backend} ${round(edge.callsPerSecond)}/s`);
    return `${group[0]?.edge.from} → ${group[0]?.edge.to} is seen differently: ${rates.join(', ')}.`;
  });
  const more = differ.length - shown.length;
  return more > 0 ? [...shown, `${more} more edges are seen differently.`] : shown;
}

/** Two systems that see different parts of the whole are no contradiction, and yet worth knowing. */
function seenByOne(
  groups: readonly (readonly EdgeOf[])[],
  answered: readonly AnsweredPart<readonly DependencyEdge[]>[],
): readonly string[] {
  if (answered.filter(({ answer }) => answer.data.length > 0).length < 2) return [];
  return answered.flatMap(({ backend }) => {
    const alone = groups.filter((group) => group.length === 1 && group[0]?.backend === backend);
    if (alone.length === 0) return [];
    const shown = alone.slice(0, mostShown).map(([one]) => `${one?.edge.from} → ${one?.edge.to}`);
    const more = alone.length - shown.length;
    return [`Only ${backend} sees ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`];
  });
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
