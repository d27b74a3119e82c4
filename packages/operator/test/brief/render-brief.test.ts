import { describe, expect, it } from 'vitest';
import type { Brief, BriefGraph, BriefPlot } from '../../src/brief/model.js';
import { renderHtml } from '../../src/brief/render-html.js';
import { renderMarkdown } from '../../src/brief/render-markdown.js';
import { brief, briefSaying } from './given-brief.js';

const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(1)>[a](javascript:x)![b](http://evil.example/x)\u202e\n# top **bold** \`code\``;
const noGraph: BriefGraph = { nodes: [], edges: [] };
const html = (given: Brief, plots: readonly BriefPlot[] = [], graph = noGraph) =>
  renderHtml(given, plots, graph);

describe('the page', () => {
  const graph: BriefGraph = {
    nodes: [
      { service: hostile, health: hostile },
      { service: 'web', health: 'healthy' },
    ],
    edges: [{ from: 'web', to: hostile, errorShare: 0.5 }],
  };
  const plot: BriefPlot = {
    service: hostile,
    signal: hostile,
    unit: hostile,
    points: [
      [Date.parse('2026-03-04T11:00:00Z'), 1],
      [Date.parse('2026-03-04T11:30:00Z'), null],
      [Date.parse('2026-03-04T11:40:00Z'), 3],
    ],
  };

  it('shows text from outside as text, wherever it stands', () => {
    const page = html(briefSaying(hostile), [plot], graph);
    expect(page).not.toMatch(/<script|<img|\u202e/i);
    // Tags of ours only: none of them has a handler, a source or a link.
    const tags = page.replaceAll(/"[^"]*"/g, '""');
    expect(tags.match(/<[^>]*\s(on\w+|src|href)\s*=/gi)).toBeNull();
    expect(page.split('&#60;script&#62;').length).toBeGreaterThan(20);
    expect(new Set(page.match(/<\/?[a-z0-9]+/gi))).not.toContain('<a');
  });

  it('loads nothing and runs nothing, and says so to the browser', () => {
    expect(html(brief())).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`,
    );
    expect(html(brief())).not.toMatch(/https?:|@import|url\(/);
  });

  it('has a section for what there is, and none for what there is not', () => {
    expect(html(brief())).toContain('<h2>Suspects</h2>');
    expect(html(brief())).not.toContain('<h2>What fires</h2>');
    expect(html(briefSaying('x'))).toContain('<h2>What fires</h2>');
  });

  it('draws gaps as gaps, and marks onset and changes', () => {
    const page = html(briefSaying('x'), [{ ...plot, service: 'x', signal: 'error_rate', unit: 'ratio' }]);
    expect(page.match(/<path class="line" d="(M[^ML"]+){2}"/)).not.toBeNull();
    expect(page).toContain('<line class="onset"');
    expect(page).toContain('<line class="deploy"');
  });

  it('draws callers left of what they call, also in a cycle', () => {
    const nodes = ['a', 'b', 'c'].map((service) => ({ service, health: 'healthy' }));
    const edge = (from: string, to: string) => ({ from, to, errorShare: null });
    const page = html(brief(), [], { nodes, edges: [edge('a', 'b'), edge('b', 'c'), edge('c', 'b')] });
    const left = (name: string) =>
      Number(page.match(new RegExp(`<title>${name}:[^<]*</title><rect x="([\\d.]+)"`))?.[1]);
    expect(left('a')).toBeLessThan(left('b'));
    expect(page).toContain('aria-label="Dependency graph with health"');
  });
});

describe('Markdown', () => {
  it('shows text from outside as text on one line', () => {
    const text = renderMarkdown(briefSaying(hostile));
    const bare = text.replaceAll(/\\./g, '');
    expect(bare).not.toMatch(/<script|<img|!?\[[^\]]*\]\(|`code`|\u202e/);
    expect(text.split('\n').filter((line) => line.startsWith('# '))).toHaveLength(1);
  });

  it('says the verdict first, with since when and whom', () => {
    const [, , headline] = renderMarkdown(brief()).split('\n');
    expect(headline).toBe(
      'Something is wrong since 11:30 UTC (30 min). First suspect: **checkout**, bad deployment.',
    );
    expect(renderMarkdown(brief({ verdict: 'nothing_wrong', onset: null, suspects: [] }))).toContain(
      'Nothing is wrong',
    );
    expect(renderMarkdown(brief({ verdict: 'not_enough_data', onset: null, suspects: [] }))).toContain(
      'Not enough data',
    );
    expect(renderMarkdown(brief({ onset: '2026-03-03T08:30:00.000Z' }))).toContain(
      'since 03-03 08:30 UTC (27 h 30 min)',
    );
  });

  it('fits 4,000 tokens when everything is long, and says what it leaves out', () => {
    const long = briefSaying('word '.repeat(400));
    const many = <T>(items: readonly T[]) => Array.from({ length: 40 }, () => items).flat();
    const text = renderMarkdown({
      ...long,
      environment: 'production',
      ...{ alerts: many(brief().alerts), changes: many(long.changes), errors: many(long.errors) },
      ...{
        affected: many(long.affected),
        unreachable: many(long.unreachable),
        suspects: many(long.suspects),
      },
    });
    expect(text).toContain('- and 34 more');
    expect(text.length / 4).toBeLessThan(4_000);
  });

  it('puts errors that grew first and counts those of any day', () => {
    const error = (service: string, count: number, previousCount: number) => ({
      ...{ service, type: 'E', message: 'm', count, previousCount, traceIds: [] },
      firstSeen: '2026-03-04T11:31:00.000Z',
    });
    const text = renderMarkdown(brief({ errors: [error('usual', 900, 890), error('grown', 90, 0)] }));
    expect(text).toContain('- grown: **E** m (90 now, 0 before');
    expect(text).not.toContain('- usual');
    expect(text).toContain('1 kinds of errors are as frequent as before');
  });
});
