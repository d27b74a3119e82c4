import type { LineCounter, Node, ParsedNode } from 'yaml';
import type { CatalogProblem, Finding } from './catalog-problem.js';
import type { CatalogFile } from './read-files.js';

interface Located {
  readonly roots: readonly (Node | null)[];
  readonly lines: LineCounter;
}

/** Finds the lines of findings, parsing their files once more; sound catalogs never pay for it. */
export async function locateFindings(findings: readonly Finding[]): Promise<readonly CatalogProblem[]> {
  if (findings.length === 0) return [];
  const yaml = await import('yaml');
  const cache = new Map<CatalogFile, Located>();

  function parsed(file: CatalogFile): Located {
    const known = cache.get(file);
    if (known !== undefined) return known;
    const lines = new yaml.LineCounter();
    const roots = [...yaml.parseAllDocuments(file.text, { lineCounter: lines, schema: 'core' })].map(
      (document) => document.contents as Node | null,
    );
    const made = { roots, lines };
    cache.set(file, made);
    return made;
  }

  /** The deepest part of the path that the file has: a missing field is shown where it should stand. */
  function offsetOf(root: Node | null, path: readonly (string | number)[]): number {
    let node: Node | null | undefined = root;
    let offset = root?.range?.[0] ?? 0;
    for (const step of path) {
      if (yaml.isMap(node)) {
        const pair = node.items.find(
          (item) => yaml.isScalar(item.key) && String(item.key.value) === String(step),
        );
        if (pair === undefined) break;
        offset = (pair.key as ParsedNode).range?.[0] ?? offset;
        node = pair.value as Node | null;
      } else if (yaml.isSeq(node)) {
        node = node.items[Number(step)] as Node | undefined;
        offset = node?.range?.[0] ?? offset;
      } else break;
    }
    return offset;
  }

  return findings.map(({ code, message, hint, place }) => {
    const { roots, lines } = parsed(place.file);
    const { line, col } = lines.linePos(offsetOf(roots[place.document] ?? null, place.path));
    return { code, message, hint, file: place.file.path, line: Math.max(1, line), column: Math.max(1, col) };
  });
}
