import { Client as Client2, StreamableHTTPClientTransport as Http2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as Stdio1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Company,
  type HttpServer,
  makeCompany,
  programOf,
  reads,
  type ServerName,
  serveOverHttp,
  serverNames,
} from './company.js';

interface Seen {
  readonly tools: readonly string[];
  readonly text: string;
  readonly structured: boolean;
  readonly failed: boolean;
}

const information = { name: 'interoperability', version: '1.0.0' };
const modes = ['v2 auto', 'v2 legacy', 'v1'] as const;

async function listAndCall(
  mode: (typeof modes)[number],
  server: ServerName,
  target: { readonly config: string } | { readonly url: string },
): Promise<Seen> {
  const stdio = {
    command: process.execPath,
    args: [programOf(server), ...('config' in target ? ['--config', target.config] : [])],
  };
  // Boundary: the two SDKs declare their transports apart; each client gets its own.
  const client =
    mode === 'v1'
      ? new Client1(information)
      : new Client2(information, mode === 'v2 auto' ? { versionNegotiation: { mode: 'auto' } } : {});
  if (client instanceof Client1) {
    await client.connect('url' in target ? (new Http1(new URL(target.url)) as never) : new Stdio1(stdio));
  } else {
    await client.connect('url' in target ? new Http2(new URL(target.url)) : new Stdio2(stdio));
  }
  try {
    const { tools } = await client.listTools();
    const result = await client.callTool(reads[server]);
    const content = result.content as readonly { readonly text?: string }[];
    return {
      tools: tools.map(({ name }) => name),
      text: content[0]?.text ?? '',
      structured: result.structuredContent !== undefined,
      failed: result.isError === true,
    };
  } finally {
    await client.close();
  }
}

let company: Company;
beforeAll(async () => {
  company = await makeCompany();
});
afterAll(() => company.remove());

describe.each(serverNames)('%s', (name) => {
  let http: HttpServer;
  beforeAll(async () => {
    http = await serveOverHttp(name, company.config);
  });
  afterAll(() => http.stop());

  it.each(modes)('lists and calls over stdio with the client %s', async (mode) => {
    const seen = await listAndCall(mode, name, { config: company.config });
    expect(seen.tools).toContain(reads[name].name);
    expect(seen).toMatchObject({ structured: true, failed: false });
    expect(seen.text).not.toBe('');
  });

  it.each(modes)('lists and calls over HTTP with the client %s', async (mode) => {
    const seen = await listAndCall(mode, name, { url: http.url });
    expect(seen.tools).toContain(reads[name].name);
    // Nobody is authenticated there, so that there are reads alone.
    expect(seen.tools.filter((tool) => tool.startsWith('propose_') || tool.endsWith('_proposal'))).toEqual(
      [],
    );
    expect(seen).toMatchObject({ structured: true, failed: false });
  });
});
