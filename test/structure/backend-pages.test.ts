import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { backends } from '@devops-mcp/backends';
import { parseConfiguration } from '@devops-mcp/runtime';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { root } from './packages.js';

const sections = ['Configuration', 'Permissions', 'What each tool asks of it', 'What it cannot do'];
const names = Object.keys(backends);
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const pageOf = (name: string) => read(`docs/backends/${name}.md`);

describe('the page of a backend', () => {
  it('is there for each backend and for nothing else', () => {
    const pages = readdirSync(path.join(root, 'docs/backends')).filter((file) => file.endsWith('.md'));
    expect(pages.sort()).toEqual(names.map((name) => `${name}.md`).sort());
    for (const list of ['README.md', 'packages/backends/README.md']) {
      const text = read(list);
      expect([list, pages.filter((page) => !text.includes(`docs/backends/${page}`))]).toEqual([list, []]);
    }
  });

  it.each(names)('%s has the four sections in their order', (name) => {
    const headings = [...pageOf(name).matchAll(/^## (.+)$/gm)].map((match) => match[1] ?? '');
    expect(headings.filter((heading) => sections.includes(heading))).toEqual(sections);
  });

  it.each(names)('%s names every key and every port', async (name) => {
    const backend = await loaded(name);
    const code = [...pageOf(name).matchAll(/`([^`\n]+)`/g)].flatMap((match) => match[1]?.match(/\w+/g) ?? []);
    const facts = [...keysOf(z.toJSONSchema(backend.config, { io: 'input' })), ...portsOf(backend)];
    expect(facts.filter((fact) => !code.includes(fact))).toEqual([]);
  });
});

describe('an example of a configuration', () => {
  const examples = documents().flatMap(configurationsOf);

  it.each(examples)('%s is one', async (_, text) => {
    // Examples leave out what the sandbox and `devops-mcp init` write.
    const written = Object.keys(parse(text));
    const rest = ['version: 1', 'state: { path: ./state }', 'audit: { path: ./audit }'];
    const missing = rest.filter((line) => !written.includes(line.split(':')[0] ?? ''));
    const configuration = parseConfiguration([...missing, text].join('\n'), '/srv/devops-mcp.yaml');
    const shared = configuration.environments.map(({ ports }) => ports);
    for (const ports of [configuration.sharedPorts, ...shared]) await checkPorts(ports);
  });

  it('is there for every backend', () => {
    const used = examples.flatMap(([, text]) =>
      [...text.matchAll(/\buse: ([\w-]+)/g)].map((found) => found[1]),
    );
    expect([...new Set(used)].sort()).toEqual([...names].sort());
  });

  it('would not be one with a wrong key', async () => {
    await expect(checkPorts({ metrics: { use: 'otlp', folder: './telemetry' } })).rejects.toThrow(/folder/);
    await expect(checkPorts({ logs: [{ use: 'ical', calendars: [] }] })).rejects.toThrow();
  });
});

async function loaded(name: string) {
  const load = backends[name];
  if (load === undefined) throw new Error(`There is no backend ${name}.`);
  return load();
}

const portsOf = (backend: Awaited<ReturnType<typeof loaded>>) => backend.ports.map(({ port }) => port.name);

/** Documents for readers; decisions tell of their time and are left as they were. */
function documents(): readonly string[] {
  const pages = ['docs', 'docs/backends'].flatMap((folder) =>
    readdirSync(path.join(root, folder)).map((file) => `${folder}/${file}`),
  );
  const readmes = ['packages', 'servers'].flatMap((parent) =>
    readdirSync(path.join(root, parent)).map((child) => `${parent}/${child}/README.md`),
  );
  return ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', ...pages, ...readmes].filter((file) =>
    file.endsWith('.md'),
  );
}

/** YAML that has a key of devops-mcp.yaml at its top; other files are shown in other examples. */
function configurationsOf(file: string): readonly (readonly [title: string, text: string])[] {
  const keys = keysOf(JSON.parse(read('docs/schemas/devops-mcp.schema.json')).anyOf[0], 1);
  const blocks = [...read(file).matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '');
  return blocks
    .filter((text) => Object.keys(parse(text)).some((key) => keys.includes(key)))
    .map((text, index) => [`${file} ${index + 1}`, text] as const);
}

function keysOf(schema: unknown, depth = 5): readonly string[] {
  if (typeof schema !== 'object' || schema === null || depth === 0) return [];
  const own =
    'properties' in schema && typeof schema.properties === 'object' ? (schema.properties ?? {}) : {};
  const items = 'items' in schema ? keysOf(schema.items, depth) : [];
  return [...Object.entries(own).flatMap(([key, inner]) => [key, ...keysOf(inner, depth - 1)]), ...items];
}

async function checkPorts(ports: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [port, settings] of Object.entries(ports)) {
    for (const one of Array.isArray(settings) ? settings : [settings]) {
      const { fallback, ...first } = one;
      await checkBackend(port, first);
      if (fallback !== undefined) await checkBackend(port, fallback);
    }
  }
}

async function checkBackend(port: string, written: Readonly<Record<string, unknown>>): Promise<void> {
  const { use, as: _, ...settings } = written;
  const backend = await loaded(String(use));
  expect(portsOf(backend)).toContain(port);
  // The runtime puts the secret in the place of where it comes from.
  const given = JSON.parse(JSON.stringify(settings), (key, value) =>
    key === 'credential' ? 'a secret' : value,
  );
  backend.config.parse(given);
}
