import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { node24, tool, toolsInstalled } from '../tools-installed.js';
import {
  type Company,
  type HttpServer,
  makeCompany,
  programOf,
  reads,
  serveOverHttp,
  serverNames,
} from './company.js';

const inspector = tool('@modelcontextprotocol/inspector/clients/launcher/build/index.js');

function inspect(target: readonly string[], ...args: readonly string[]) {
  const command = [inspector, '--cli', ...target, ...args, '--format', 'json'];
  return new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
    execFile(node24, command, { timeout: 60_000, maxBuffer: 16_000_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      done({ code, stdout, stderr });
    });
  });
}

const installed = toolsInstalled();
let company: Company;
beforeAll(async () => {
  if (installed) company = await makeCompany();
});
afterAll(() => company?.remove());

describe.skipIf(!installed).each(serverNames)('the Inspector on %s', (name) => {
  let http: HttpServer;
  beforeAll(async () => {
    http = await serveOverHttp(name, company.config);
  });
  afterAll(() => http.stop());
  const call = Object.entries(reads[name].arguments).flatMap(([key, value]) => [
    '--tool-arg',
    `${key}=${value}`,
  ]);

  it.each(['stdio', 'http'] as const)('lists, strictly, and calls over %s', async (transport) => {
    const target =
      transport === 'http'
        ? [http.url, '--transport', 'http']
        : [process.execPath, programOf(name), '-e', `DEVOPS_MCP_CONFIG=${company.config}`];
    // Exit code 6 is an error of the portability lint over the tools' schemas.
    const listed = await inspect(target, '--method', 'tools/list', '--strict');
    expect(listed).toMatchObject({ code: 0 });
    expect(listed.stdout).toContain(reads[name].name);
    const called = await inspect(target, '--method', 'tools/call', '--tool-name', reads[name].name, ...call);
    expect(called).toMatchObject({ code: 0 });
    expect(called.stdout).toContain('structuredContent');
  });
});
