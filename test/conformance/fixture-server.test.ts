import { type ConformanceServer, startConformanceServer } from '@devops-mcp/testing/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toolsInstalled } from '../tools-installed.js';
import { type Revision, requiredScenarios, runRequirements } from './run-conformance.js';

const counts: readonly (readonly [Revision, number])[] = [
  ['2025-11-25', 30],
  ['2026-07-28', 37],
];

describe.skipIf(!toolsInstalled())('the conformance suite, on this runtime and this road', () => {
  let server: ConformanceServer;
  beforeAll(async () => {
    server = await startConformanceServer();
  });
  afterAll(() => server.close());

  it.each(counts)('passes every scenario required for %s (%i)', async (revision, count) => {
    const required = await requiredScenarios(revision);
    expect(required).toHaveLength(count);
    const results = await runRequirements(server.url, revision);
    const failed = required.flatMap((scenario) => {
      const result = results.get(scenario);
      if (!result) return [`${scenario}: it left no result`];
      // A scenario without any check is shown as passed.
      if (result.succeeded === 0) return [`${scenario}: nothing was checked`];
      return result.failures.map(({ id, message }) => `${scenario}: ${id}: ${message}`);
    });
    expect(failed).toEqual([]);
  });
});
