import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConfiguration } from '../src/configuration/load-configuration.js';
import { recentExposure, writeExposureRecord } from '../src/start/exposure-record.js';
import { readinessOf } from '../src/start/readiness.js';
import { surfaceOf } from '../src/surface/surface-of.js';
import { library } from './fixture/library.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exposure-'));
});
afterEach(() => rm(folder, { recursive: true }));

const found = new Date('2026-03-04T12:00:00Z');
const later = (days: number) => new Date(found.getTime() + days * 86_400_000);
const record = (ways: number) =>
  writeExposureRecord(join(folder, 'state'), { at: found.toISOString(), ways });

function readiness(environmentClass: string, now: Date) {
  const text = `version: 1
state: { path: ./state }
audit: { path: ./audit }
identity: { stdio: { subject: user:default/reader } }
environments: { one: { class: ${environmentClass} } }
`;
  const configuration = parseConfiguration(text, join(folder, 'devops-mcp.yaml'));
  return readinessOf(library, configuration, surfaceOf(library, '1.0.0'), undefined, now);
}

describe('what doctor --exposure found', () => {
  it('fails readiness item 1 where there is a production, for 30 days', async () => {
    await record(2);
    const { items, notEnforced } = await readiness('production', later(1));
    expect(items[0]).toMatchObject({ number: 1, passed: false });
    expect(notEnforced).toContain('2 way(s)');
    expect((await readiness('staging', later(1))).notEnforced).toBeNull();
    expect((await readiness('production', later(31))).items[0]).toMatchObject({ passed: true });
  });

  it('leaves item 1 as it is when nothing was found or nobody looked', async () => {
    expect((await readiness('production', later(1))).items[0]).toMatchObject({ passed: true });
    await record(0);
    expect((await readiness('production', later(1))).items[0]).toMatchObject({ passed: true });
  });

  it('is not read from a file that somebody else wrote', async () => {
    await record(1);
    await writeFile(join(folder, 'state', 'exposure.json'), '{"version":2}');
    expect(await recentExposure(join(folder, 'state'), later(1))).toBeUndefined();
  });
});
