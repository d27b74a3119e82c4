import { expect, test } from 'vitest';
import { alertmanagerBackend } from '../../src/alertmanager/alertmanager-backend.js';

test.each([
  'ftp://a.example.com',
  'https://user:secret@a.example.com',
  'https://a.example.com/?token=secret',
])('the address %s is refused', (address) => {
  expect(alertmanagerBackend.config.safeParse({ address }).success).toBe(false);
});

test('a key that it does not know is refused', () => {
  const address = 'https://alertmanager.example.com';
  expect(alertmanagerBackend.config.safeParse({ address }).success).toBe(true);
  expect(alertmanagerBackend.config.safeParse({ address, unknown: 1 }).success).toBe(false);
});
