import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BriefResult } from '../../src/brief/make-brief.js';
import { renderMarkdown } from '../../src/brief/render-markdown.js';
import { investigate } from '../../src/commands/brief.js';
import { serverCommand, serverNames } from '../../src/mcp/server-bins.js';
import { makeSandbox } from '../../src/sandbox/make-sandbox.js';
import { briefShape } from './brief-shape.js';

const incidents = [
  'bad_deployment',
  'irreversible_migration',
  'dependency_outage',
  'memory_leak',
  'quiet_day',
] as const;
const seed = 11;
const now = new Date('2026-03-04T12:00:00Z');
const question = { environment: 'production', service: null, at: now, windowMinutes: 120 };

function areBuilt(): boolean {
  try {
    return serverNames.every((name) => serverCommand(name).args.length > 0);
  } catch {
    return false;
  }
}

const built = areBuilt();
// Where all was meant to be built a skipped test would hide that it was not.
if (!built && process.env.CI) throw new Error('The servers are not built: run `npm run build` first.');
const title = `the brief of a sandbox${built ? '' : ' (skipped: the servers are not built)'}`;

describe.runIf(built)(title, () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'brief-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.for(incidents)('finds what is wrong: %s', { timeout: 120_000 }, async (incident) => {
    const directory = path.join(folder, incident);
    const { truth } = await makeSandbox({ directory, incident, seed, now, scale: 0.05 });
    const { brief, graph, plots }: BriefResult = await investigate(
      path.join(directory, 'devops-mcp.yaml'),
      question,
      undefined,
      () => undefined,
    );
    expect(briefShape.safeParse(JSON.parse(JSON.stringify(brief))).error).toBeUndefined();
    expect(brief.unreachable).toEqual([]);
    expect(renderMarkdown(brief).length / 4).toBeLessThan(4_000);
    if (truth.service === null) {
      expect(brief).toMatchObject({
        verdict: 'nothing_wrong',
        onset: null,
        suspects: [],
        rollbackPlan: null,
      });
      return;
    }
    expect(brief.suspects[0]).toMatchObject({ service: truth.service, kind: truth.kind });
    const late = (Date.parse(brief.onset ?? '') - Date.parse(truth.onset ?? '')) / 60_000;
    // Of a leak no more is read than a window's length before the window.
    expect(Math.abs(late)).toBeLessThan(incident === 'memory_leak' ? 20 : 6);
    expect(graph.nodes.map((node) => node.service)).toContain(truth.service);
    expect(plots.length).toBeGreaterThan(0);
    if (incident === 'irreversible_migration')
      expect(brief.rollbackPlan).toMatchObject({ safeToRollBack: false, migrationVerdict: 'irreversible' });
    if (incident === 'dependency_outage') expect(brief.rollbackPlan).toBeNull();
  });

  it('is made of what the servers asked for know', { timeout: 60_000 }, async () => {
    const config = path.join(folder, 'bad_deployment', 'devops-mcp.yaml');
    const { brief, times } = await investigate(config, question, ['alerts'], () => undefined);
    expect(brief.verdict).toBe('fault');
    expect(brief.suspects.length).toBeGreaterThan(0);
    expect(new Set(times.map(({ server }) => server))).toEqual(new Set(['alerts']));
  });
});
