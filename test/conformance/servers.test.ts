import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Company,
  type HttpServer,
  makeCompany,
  serveOverHttp,
  serverNames,
} from '../interoperability/company.js';
import { toolsInstalled } from '../tools-installed.js';
import { type Revision, runRequirements } from './run-conformance.js';

/** Scenarios that call no fixtures. */
const scenarios: Readonly<Record<Revision, readonly string[]>> = {
  '2025-11-25': [
    'server-initialize',
    'ping',
    'tools-list',
    'resources-list',
    'prompts-list',
    'dns-rebinding-protection',
    'server-session-lifecycle',
    'server-sse-multiple-streams',
  ],
  '2026-07-28': [
    'server-stateless',
    'tools-list',
    'resources-list',
    'prompts-list',
    'sep-2164-resource-not-found',
    'dns-rebinding-protection',
    'caching',
    'server-sse-multiple-streams',
    'http-header-validation',
    'input-required-result-unsupported-methods',
  ],
};
/** Checks of `server-stateless` that call fixtures; the fixture server passes them. */
const needFixtures: ReadonlySet<string> = new Set([
  'sep-2575-server-rejects-undeclared-capability',
  'sep-2575-missing-capability-http-400',
  'sep-2575-http-server-no-independent-requests-on-stream',
  'sep-2575-server-no-log-without-loglevel',
]);

const installed = toolsInstalled();
let company: Company;
beforeAll(async () => {
  if (installed) company = await makeCompany();
});
afterAll(() => company?.remove());

describe.skipIf(!installed).each(serverNames)('the conformance suite on %s', (name) => {
  let http: HttpServer;
  beforeAll(async () => {
    http = await serveOverHttp(name, company.config);
  });
  afterAll(() => http.stop());

  it.each(['2025-11-25', '2026-07-28'] as const)('passes what needs no fixtures of %s', async (revision) => {
    const results = await runRequirements(http.url, revision);
    const failed = scenarios[revision].flatMap((scenario) => {
      const result = results.get(scenario);
      if (!result || result.succeeded === 0) return [`${scenario}: nothing was checked`];
      return result.failures
        .filter(({ id }) => !needFixtures.has(id))
        .map(({ id, message }) => `${scenario}: ${id}: ${message}`);
    });
    expect(failed).toEqual([]);
  });
});
