import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BackendDefinition, Finding } from '@devops-mcp/contract';
import { backendContext } from '@devops-mcp/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backends } from '../src/index.js';

const folder = mkdtempSync(path.join(tmpdir(), 'devops-mcp-examine-'));
beforeAll(() => {
  mkdirSync(path.join(folder, 'full'));
  writeFileSync(path.join(folder, 'full', 'one.txt'), 'x');
  mkdirSync(path.join(folder, 'empty'));
  writeFileSync(path.join(folder, 'file'), 'x');
  writeFileSync(path.join(folder, 'open'), 'x');
  chmodSync(path.join(folder, 'open'), 0o666);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const configOf: Readonly<Record<string, (name: string) => object>> = {
  'alert-log': (name) => ({ path: name }),
  gitops: (name) => ({ path: name }),
  ical: (name) => ({ calendars: [{ path: name, schedule: 'primary', owners: [] }] }),
  markdown: (name) => ({ path: name }),
  otlp: (name) => ({ path: name }),
  terraform: (name) => ({ files: [name] }),
};

async function examine(backend: BackendDefinition, name: string): Promise<readonly (readonly Finding[])[]> {
  const config = backend.config.parse(configOf[backend.name]?.(name));
  const { signal } = new AbortController();
  return Promise.all(
    backend.ports.map(
      async (port) => (await port.examine?.(backendContext({ config, folder }), signal)) ?? [],
    ),
  );
}

describe.each(Object.keys(configOf))('examining %s', (name) => {
  it.each([
    ['full', 'ok', 'full can be read.'],
    ['missing', 'failure', 'missing is not there.'],
    ['empty', 'warning', 'empty is empty.'],
    ['open', 'warning', 'Every user of this machine may change open'],
  ])('finds of the path %s: %s', async (place, level, message) => {
    const backend = await backends[name]?.();
    if (!backend) throw new Error(`no backend ${name}`);
    const ports = await examine(backend, place);
    expect(ports.length).toBeGreaterThan(0);
    for (const findings of ports)
      expect(findings).toContainEqual(
        expect.objectContaining({ level, message: expect.stringContaining(message) }),
      );
  });
});
