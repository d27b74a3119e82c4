import { describe, expect, it } from 'vitest';
import { goesDirect } from '../../src/http/direct.js';

const direct = (address: string, ...noProxy: string[]) => goesDirect(new URL(address), noProxy);

describe('what is reached directly', () => {
  it.each([
    ['http://localhost:9090', []],
    ['http://prometheus.localhost', []],
    ['http://127.0.0.1', []],
    ['http://127.8.9.10', []],
    ['http://[::1]:9090', []],
    ['http://[::ffff:127.0.0.1]', []],
    ['https://example.com', ['example.com']],
    ['https://EXAMPLE.com', ['Example.COM']],
    ['https://a.b.example.com', ['example.com']],
    ['https://a.example.com', ['.example.com']],
    ['https://example.com', ['.example.com']],
    ['https://a.example.com', ['*.example.com']],
    ['https://example.com.', ['example.com']],
    ['https://bücher.example', ['bücher.example']],
    ['https://anything.example', ['*']],
    ['https://10.1.2.3', ['10.1.2.3']],
    ['https://10.1.2.3', ['10.0.0.0/8']],
    ['https://[2001:db8::1]', ['2001:db8::1']],
    ['https://[2001:db8::1]', ['[2001:db8::1]']],
    ['https://[2001:db8::1]', ['2001:db8::/32']],
    ['https://example.com', ['example.com:443']],
    ['http://example.com', ['example.com:80']],
    ['http://[2001:db8::1]:9090', ['[2001:db8::1]:9090']],
    ['http://10.1.2.3:9090', ['10.0.0.0/8:9090']],
  ])('%s with %j', (address, noProxy) => {
    expect(direct(address, ...noProxy)).toBe(true);
  });

  it.each([
    ['https://example.com', []],
    ['https://notexample.com', ['example.com']],
    ['https://example.com.evil.example', ['example.com']],
    ['https://localhost.evil.example', []],
    ['https://127.0.0.1.evil.example', []],
    ['https://10.1.2.3', ['2.3']],
    ['https://11.1.2.3', ['10.0.0.0/8']],
    ['https://10.1.2.3.example.com', ['10.0.0.0/8']],
    ['https://example.com:8443', ['example.com:443']],
    ['http://10.1.2.3', ['10.0.0.0/8:9090']],
    ['https://[2001:db9::1]', ['2001:db8::/32']],
  ])('and what is not: %s with %j', (address, noProxy) => {
    expect(direct(address, ...noProxy)).toBe(false);
  });

  it.each(['10.0.0.0/33', '10.0.0.0/x', '', '.', '*.*', 'http://example.com', 'user@example.com', 'a b'])(
    'an entry that names no host is an error, not a gap: %j',
    (entry) => {
      expect(() => direct('https://example.com', entry)).toThrow(/network\.noProxy/);
    },
  );
});
