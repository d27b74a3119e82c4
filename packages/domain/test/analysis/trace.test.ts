import { describe, expect, it } from 'vitest';
import {
  buildTraceTree,
  correctClockSkew,
  criticalPath,
  type SpanNode,
  selfTimeUs,
  summariseTrace,
  walkTree,
} from '../../src/index.js';
import { spanOf } from './span-of.js';

const ids = (nodes: Iterable<SpanNode>) => [...nodes].map((node) => node.span.spanId);
const pathOf = (root: SpanNode) =>
  criticalPath(root).map((s) => `${s.node.span.spanId} ${s.startUs / 1_000}-${s.endUs / 1_000}`);
const treeOf = (...spans: ReturnType<typeof spanOf>[]) => buildTraceTree(spans);
function rootOf(...spans: ReturnType<typeof spanOf>[]): SpanNode {
  const root = treeOf(...spans).roots[0];
  if (!root) throw new Error('no root');
  return root;
}

describe('buildTraceTree', () => {
  it('orders children by start, whatever order the spans came in', () => {
    const tree = treeOf(spanOf('c', 'a', 6, 1), spanOf('b', 'a', 2, 1), spanOf('a', null, 0, 10));
    expect(ids(walkTree(tree.roots))).toEqual(['a', 'b', 'c']);
    expect(tree.warnings).toEqual([]);
  });

  it('keeps spans whose parent is missing and says so', () => {
    const tree = treeOf(spanOf('lost', 'gone', 1, 1), spanOf('a', null, 5, 10));
    expect(ids(tree.roots)).toEqual(['a', 'lost']);
    expect(tree.warnings).toEqual([
      { kind: 'orphans', count: 1, text: expect.stringContaining('1 spans name a parent') },
    ]);
  });

  it('says that the root is missing when there are only orphans', () => {
    expect(treeOf(spanOf('lost', 'gone', 1, 1)).warnings.map((w) => w.kind)).toEqual(['orphans', 'no_root']);
  });

  it('cuts a cycle at its earliest span and loses none', () => {
    const tree = treeOf(spanOf('x', 'z', 2, 1), spanOf('y', 'x', 1, 1), spanOf('z', 'y', 3, 1));
    expect(ids(tree.roots)).toEqual(['y']);
    expect(ids(walkTree(tree.roots)).toSorted()).toEqual(['x', 'y', 'z']);
    expect(tree.warnings.find((w) => w.kind === 'cycle')?.count).toBe(1);
    expect(tree.warnings.find((w) => w.kind === 'orphans')).toBeUndefined();
  });

  it('cuts a span that is its own parent', () => {
    expect(treeOf(spanOf('x', 'x', 0, 1)).warnings.map((w) => w.kind)).toContain('cycle');
  });

  it('drops exact repeats and puts a shared server span below its client', () => {
    const client = spanOf('s', null, 0, 10, { kind: 'client' });
    const server = spanOf('s', null, 2, 6, { kind: 'server', service: 'ledger' });
    const tree = treeOf(server, client, client, spanOf('below', 's', 3, 1, { service: 'ledger' }));
    expect([...walkTree(tree.roots)].map((node) => `${node.span.service}:${node.span.spanId}`)).toEqual([
      'api:s',
      'ledger:s',
      'ledger:below',
    ]);
    expect(tree.warnings).toMatchObject([{ kind: 'duplicates', count: 1 }]);
  });

  it('copes with a chain of 5,000 spans', () => {
    const chain = Array.from({ length: 5_000 }, (_, i) =>
      spanOf(`s${i}`, i === 0 ? null : `s${i - 1}`, i, 10_000 - i),
    );
    const analysis = summariseTrace(chain);
    expect(analysis.spans).toBe(5_000);
    expect(analysis.path.reduce((sum, step) => sum + step.onPathUs, 0)).toBe(10_000_000);
  });
});

describe('selfTimeUs', () => {
  it('subtracts the union of overlapping children, cut to the span', () => {
    const root = rootOf(
      spanOf('a', null, 0, 100),
      spanOf('b', 'a', 10, 40),
      spanOf('c', 'a', 30, 40),
      spanOf('late', 'a', 90, 50),
    );
    expect(selfTimeUs(root)).toBe(30_000);
  });
});

describe('criticalPath', () => {
  it('follows the child that finished last and gives gaps to the span itself', () => {
    const root = rootOf(
      spanOf('a', null, 0, 100),
      spanOf('b', 'a', 10, 20),
      spanOf('c', 'a', 40, 50),
      spanOf('hidden', 'a', 45, 20),
      spanOf('d', 'c', 60, 20),
    );
    expect(pathOf(root)).toEqual([
      'a 0-10',
      'b 10-30',
      'a 30-40',
      'c 40-60',
      'd 60-80',
      'c 80-90',
      'a 90-100',
    ]);
  });

  it('ignores work that began after its parent had ended and cuts work that outlives it', () => {
    const root = rootOf(
      spanOf('a', null, 0, 50),
      spanOf('over', 'a', 20, 100),
      spanOf('async', 'a', 60, 30, { kind: 'consumer' }),
    );
    expect(pathOf(root)).toEqual(['a 0-20', 'over 20-50']);
  });

  it('adds up to the duration for random trees', () => {
    let seed = 42;
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed / 2_147_483_648;
    };
    for (let round = 0; round < 50; round += 1) {
      const spans = Array.from({ length: 40 }, (_, i) =>
        i === 0
          ? spanOf('s0', null, 0, 1_000)
          : spanOf(
              `s${i}`,
              `s${Math.floor(random() * i)}`,
              Math.floor(random() * 1_200),
              Math.floor(random() * 400),
            ),
      );
      const total = criticalPath(rootOf(...spans)).reduce((sum, s) => sum + s.endUs - s.startUs, 0);
      expect(total).toBe(1_000_000);
    }
  });
});

describe('correctClockSkew', () => {
  it('centres a child of another host that would fit, with everything below it', () => {
    const root = rootOf(
      spanOf('a', null, 0, 100, { kind: 'client' }),
      spanOf('b', 'a', -500, 60, { kind: 'server', service: 'ledger' }),
      spanOf('c', 'b', -490, 10, { service: 'ledger' }),
    );
    const corrected = correctClockSkew([root]);
    expect([...walkTree(corrected.roots)].map((node) => node.startUs / 1_000)).toEqual([0, 20, 30]);
    expect(corrected.warnings).toMatchObject([{ kind: 'clock_skew', count: 1 }]);
    expect(corrected.warnings[0]?.text).toContain('520 ms (ledger)');
  });

  it('leaves spans of one host, servers that outlast their caller, and consumers alone', () => {
    const root = rootOf(
      spanOf('a', null, 0, 100),
      spanOf('same', 'a', -5, 10),
      spanOf('timeout', 'a', 10, 200, { service: 'ledger', kind: 'server' }),
      spanOf('later', 'a', 300, 10, { service: 'mailer', kind: 'consumer' }),
    );
    expect(correctClockSkew([root]).warnings).toEqual([]);
  });
});

describe('summariseTrace', () => {
  const analysis = summariseTrace([
    spanOf('a', null, 0, 100, { error: true }),
    spanOf('b', 'a', 10, 80, { service: 'ledger', error: true }),
    spanOf('ok', 'a', 5, 2, { service: 'cache' }),
  ]);

  it('names the failed span below which nothing failed as origin, first', () => {
    expect(analysis.errors.map((e) => [e.span.spanId, e.origin])).toEqual([
      ['b', true],
      ['a', false],
    ]);
  });

  it('sums self time and errors by service, most time first, and the calls between services', () => {
    expect(analysis.services.map((s) => [s.service, s.selfUs / 1_000, s.errors])).toEqual([
      ['ledger', 80, 1],
      ['api', 18, 1],
      ['cache', 2, 0],
    ]);
    expect(analysis.hops).toEqual([
      { from: 'api', to: 'cache', calls: 1, errors: 0, totalUs: 2_000 },
      { from: 'api', to: 'ledger', calls: 1, errors: 1, totalUs: 80_000 },
    ]);
  });

  it('has nothing to say of no spans', () => {
    expect(summariseTrace([])).toMatchObject({ spans: 0, durationUs: 0, path: [], warnings: [] });
  });
});
