import type { BriefGraph } from './model.js';

/** More cannot be read in one picture; the ill ones are kept. */
const mostNodes = 24;

interface FoundGraph {
  readonly nodes: readonly { readonly name: string; readonly health: string }[];
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly errorShare?: number | undefined;
  }[];
}

/** Services, and of databases, queues and foreign systems (`resource:...`) only those that are ill. */
export function graphOf(found: FoundGraph | undefined): BriefGraph {
  const nodes = (found?.nodes ?? [])
    .filter(({ name, health }) => isIll(health) || !name.startsWith('resource:'))
    .toSorted((a, b) => Number(isIll(b.health)) - Number(isIll(a.health)))
    .slice(0, mostNodes);
  const shown = new Set(nodes.map(({ name }) => name));
  return {
    nodes: nodes.map(({ name, health }) => ({ service: name, health })),
    edges: (found?.edges ?? [])
      .filter(({ from, to }) => shown.has(from) && shown.has(to) && from !== to)
      .map(({ from, to, errorShare }) => ({ from, to, errorShare: errorShare ?? null })),
  };
}

/** `unknown` is not ill: nothing was measured. */
export function isIll(health: string): boolean {
  return health !== 'healthy' && health !== 'unknown';
}
