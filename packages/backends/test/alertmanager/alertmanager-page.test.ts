import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { alertmanagerBackend } from '../../src/alertmanager/alertmanager-backend.js';

const page = new URL('../../../../docs/backends/alertmanager.md', import.meta.url);

test('the configuration of the page is one, and its table names every key', async () => {
  const text = await readFile(page, 'utf8');
  const example = parse(/```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '');
  const { use, ...settings } = example.environments.production.ports.alerts;
  expect(use).toBe(alertmanagerBackend.name);
  // What the runtime puts in place of where a secret comes from.
  const given = { ...settings, credential: 'a secret', write: { credential: 'another' } };
  const parsed = alertmanagerBackend.config.parse(given);
  const named = new Set([...text.matchAll(/`([A-Za-z.]+)`/g)].map((match) => match[1]));
  expect(Object.keys(Object(parsed)).filter((key) => !named.has(key) && !text.includes(`\`${key}.`))).toEqual(
    [],
  );
  expect(alertmanagerBackend.config.safeParse({ ...given, unknown: 1 }).success).toBe(false);
});

test.each([
  'ftp://a.example.com',
  'https://user:secret@a.example.com',
  'https://a.example.com/?token=secret',
])('the address %s is refused', (address) => {
  expect(alertmanagerBackend.config.safeParse({ address }).success).toBe(false);
});
