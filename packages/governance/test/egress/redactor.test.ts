import { describe, expect, it } from 'vitest';
import { capText, createRedactor } from '../../src/egress/index.js';

const { json, text } = createRedactor();
// Samples are put together at run time, so that no scanner takes this file for a leak.
const letters = 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA1bC3dE5fG7hJ9kL';
const make = (prefix: string, length: number) => prefix + letters.repeat(8).slice(0, length);
const hex = (length: number) => '0123456789abcdef'.repeat(8).slice(0, length);

describe('secrets do not pass', () => {
  it.each([
    ['aws-access-key', `AKIA${'ABCDEFGH234567XY'}`],
    ['github-token', make('ghp_', 36)],
    ['github-token', make('github_pat_', 60)],
    ['gitlab-token', make('glpat-', 20)],
    ['slack-token', `xoxb-${'1234567890'}-${make('', 24)}`],
    ['slack-webhook', `https://hooks.slack.com/services/T000/B000/${make('', 24)}`],
    ['stripe-key', make('sk_live_', 24)],
    ['google-api-key', make('AIza', 35)],
    ['google-oauth', make('ya29.', 60)],
    ['azure-storage-key', `AccountKey=${make('', 80)}==`],
    ['npm-token', make('npm_', 36)],
    ['pypi-token', make('pypi-', 60)],
    ['sendgrid-key', `SG.${make('', 22)}.${make('', 43)}`],
    ['twilio-key', `SK${hex(32)}`],
    ['anthropic-or-openai-key', make('sk-proj-', 48)],
    ['hashicorp-token', make('hvs.', 30)],
    ['digitalocean-token', `dop_v1_${hex(64)}`],
    ['shopify-token', `shpat_${hex(32)}`],
    ['grafana-token', `glsa_${make('', 32)}_${hex(8)}`],
    ['databricks-token', `dapi${hex(32)}`],
    ['docker-token', make('dckr_pat_', 27)],
    ['jwt', `eyJ${make('', 20)}.eyJ${make('', 40)}.${make('', 43)}`],
    ['authorization', `Authorization header was Bearer ${make('', 30)}`],
    ['authorization', 'curl -H basic dXNlcjpwYXNzd29yZA=='],
    ['url-password', 'postgres://app:s3cr3t-Word@db.example.com:5432/orders'],
    [
      'private-key',
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${make('', 200)}\n-----END OPENSSH PRIVATE KEY-----`,
    ],
    ['named-secret', 'password=hunter2 at login'],
    ['named-secret', '{"api_key": "abc-123-def"}'],
    ['named-secret', 'DB_PASSWORD: swordfish'],
    ['opaque', `value ${make('', 64)}`],
  ])('%s in a sentence, a field and a list', (kind, secret) => {
    const sentence = text(`failed: ${secret} (retrying)`);
    expect(sentence).toContain(`[redacted:${kind}]`);
    expect(sentence).toContain('retrying');
    const inside = JSON.stringify(json({ message: secret, list: [{ deep: secret }] }));
    expect(inside.match(/\[redacted/g)).toHaveLength(2);
    const bare = secret
      .split(/[\s":=/@]+/)
      .filter((part) => part.length > 12 && /\d/.test(part) && !part.includes('example'));
    for (const part of bare) expect(inside).not.toContain(part);
  });

  it('a value under a secret name goes, whatever it looks like', () => {
    expect(json({ password: 'a', client_secret: 'b', 'x-api-key': 'c', DB_PASSWORD: 7, note: 'd' })).toEqual({
      password: '[redacted:named-secret]',
      client_secret: '[redacted:named-secret]',
      'x-api-key': '[redacted:named-secret]',
      DB_PASSWORD: '[redacted:named-secret]',
      note: 'd',
    });
  });

  it('a key that is itself a secret goes', () => {
    expect(Object.keys(json({ [make('ghp_', 36)]: 1 }))).toEqual(['[redacted:github-token]']);
  });

  it('keeps the host of an address whose password goes', () => {
    expect(text('postgres://app:word@db.example.com/orders')).toBe(
      'postgres://[redacted:url-password]@db.example.com/orders',
    );
  });

  it('control, zero-width and bidirectional characters go, line breaks stay', () => {
    expect(text('a\u202eb\u0007c\u200bd\ne\tf')).toBe('abcd\ne\tf');
  });
});

describe('ordinary text of operations passes unchanged', () => {
  it.each([
    'GET /api/v1/orders/8f14e45f-ceea-467f-a0e6-123456789abc 500 in 1204 ms',
    'trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7',
    'Deployed registry.example.com/payments-api@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'commit 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12 by team-payments@example.com',
    'java.lang.IllegalStateException: pool exhausted at com.example.payments.PaymentGatewayClientImplementation.charge(PaymentGatewayClientImplementation.java:214)',
    'projects/my-project/locations/europe-west1/keyRings/production-key-ring/cryptoKeys/orders',
    'kubelet: Back-off restarting failed container api in pod payments-api-7d9f8b6c5-x2x9k_production(1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed)',
    'the token bucket is empty; the key ring was rotated; passing the baton',
    '2026-05-04T10:15:30.123456789Z INFO checkout.http.server.request.duration_seconds_bucket{le="0.25"} 12345',
    'https://grafana.example.com/d/abc123/payments?orgId=1&from=now-1h&to=now',
    'thread main-loop waits on 0x000000076b8c1f28 (a java.util.concurrent.locks.ReentrantLock$NonfairSync)',
  ])('%s', (line) => {
    expect(text(line)).toBe(line);
  });

  it('is given back as the same object, so that clean answers cost no copy', () => {
    const answer = { data: [{ name: 'payments-api', points: [1, 2, 3] }] };
    expect(json(answer)).toBe(answer);
  });
});

describe('hostile input', () => {
  const size = 1_000_000;
  it.each([
    ['one long word', 'a'.repeat(size)],
    ['half a key', 'sk-'.repeat(size / 3)],
    ['half a URL', 'http://'.repeat(size / 7)],
    ['colons', `https://${':'.repeat(size)}`],
    ['key headers without an end', '-----BEGIN PRIVATE KEY-----'.repeat(size / 27)],
    ['dots of a JWT', `eyJ${'aaaaaaaa.'.repeat(size / 9)}`],
    ['assignments', 'password_'.repeat(size / 9)],
    ['spaces after an assignment', `password${' '.repeat(size)}=`],
  ])('%s is read in one pass: quadratic work on it would not end within the time of a test', (_, hostile) => {
    expect(text(hostile).length).toBeGreaterThan(0);
  });

  it('deep nesting ends', () => {
    let deep: { a: unknown } = { a: 1 };
    for (let level = 0; level < 500; level++) deep = { a: deep };
    expect(JSON.stringify(json(deep as never))).toContain('nested too deep');
  });
});

describe('capText', () => {
  it('cuts at a character and says so', () => {
    const cut = capText('ü'.repeat(100), 60);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(60);
    expect(cut).toMatch(/ü\n\[cut/);
    expect(capText('short', 60)).toBe('short');
  });
});
