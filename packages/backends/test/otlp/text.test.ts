import { describe, expect, it } from 'vitest';
import { exceptionIn, hasStack } from '../../src/otlp/decode/exception.js';
import { fingerprintOf, templateOf } from '../../src/otlp/decode/template.js';

describe('templates', () => {
  it.each([
    [
      'connection to 10.0.0.7:5432 refused after 3 attempts',
      'connection to <ip> refused after <num> attempts',
    ],
    ['order 7f9c24e8-3b12-4fef-91e0-56a2d5a7c9b1 not found', 'order <uuid> not found'],
    ['GET /api/orders/17?page=2 500 in 250ms', 'GET <path>?page=<num> <num> in <num>ms'],
    ['2026-03-10T12:00:00.123Z worker-12 started', '<time> worker-<num> started'],
    ['2026-03-10 12:00:00,123 started', '<time> started'],
    ['relation "orders" does not exist', 'relation <str> does not exist'],
    ["user's cart isn't empty", "user's cart isn't empty"],
    ['block deadbeef01 at 0x7ffe12 lost', 'block <hex> at <hex> lost'],
    ['call https://pay.example.com/v1/charge?id=1 failed', 'call <url>?id=<num> failed'],
    ['cannot write C:\\temp\\a.log', 'cannot write <path>'],
    ['mail to a.b@example.com bounced', 'mail to <email> bounced'],
    ['{"level":"error","code":"E17"}', '{"level":<str>,"code":<str>}'],
    ['pod frontend-579b9bff58-t2dbm evicted', 'pod frontend-<id>-<id> evicted'],
    ["ids=['9SIQT8TOJO', 'L9ECAV7KIM', '6E92ZMYYFZ'] listed", 'ids=[<str>..] listed'],
    ['used 93.5% of 512MiB, -4 left', 'used <num>% of <num>MiB, <num> left'],
    ['  first line\nsecond line 7', 'first line'],
    ['', ''],
  ])('of %j is %j', (message, template) => {
    expect(templateOf(message)).toBe(template);
  });

  it('stay short on hostile text', () => {
    for (const piece of ["'", '"a', '1.', 'a1-', '::1', '//', '=', 'Exception:'])
      expect(templateOf(piece.repeat(40_000)).length).toBeLessThanOrEqual(300);
    exceptionIn(`${'a.b:'.repeat(400)} Exception`);
  });

  it('do not depend on what was read before', () => {
    const pairs = [
      ['{"key7":"a"}', '{"key8":"a"}'],
      ['at 0x1f3a22bb now', 'at 1x1f3a22bb now'],
      ['took 12ms of 300', 'took 98ms of 411'],
      ['id 1234567890123456 gone', 'id 123456789012345 gone'],
    ] as const;
    for (const [one, other] of pairs) {
      const before = templateOf(other);
      templateOf(one);
      expect(templateOf(other)).toBe(before);
      expect(templateOf(one)).toBe(templateOf(one));
    }
    expect(templateOf('{"key8":"a"}')).toBe('{"key8":<str>}');
    expect(templateOf('{"key7":"a"}')).toBe('{"key7":<str>}');
    expect(templateOf('at 1x1f3a22bb now')).not.toBe(templateOf('at 0x1f3a22bb now'));
    expect(templateOf('took 98ms of 411')).toBe('took <num>ms of <num>');
  });

  it('have fingerprints that are the same on every machine', () => {
    // The first sixteen digits of: printf 'IOError\nx' | sha256sum
    expect(fingerprintOf('IOError', 'x')).toBe('bcfc16ef75e40c82');
    expect(fingerprintOf('IOError', 'x')).not.toBe(fingerprintOf(null, 'x'));
  });
});

describe('exceptions in text', () => {
  const java = [
    'Request failed',
    'java.net.SocketTimeoutException: Read timed out',
    '\tat com.example.Client.call(Client.java:17)',
    'Caused by: java.io.IOException: closed',
    '\tat com.example.Wire.read(Wire.java:3)',
  ].join('\n');
  const node =
    "TypeError: Cannot read properties of undefined (reading 'id')\n    at pay (/app/pay.js:10:5)\n    at main (/app/main.js:2:1)";
  const python =
    'Traceback (most recent call last):\n  File "/app/main.py", line 3, in pay\n    charge()\nrequests.exceptions.ConnectionError: no route';
  const go =
    'panic: runtime error: index out of range [3] with length 3\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:9 +0x1d';
  const dotnet =
    'System.InvalidOperationException: Sequence contains no elements\n   at Shop.Pay.Charge() in /src/Pay.cs:line 12';

  it.each([
    ['Java', java, 'java.net.SocketTimeoutException', 'Read timed out'],
    ['Node.js', node, 'TypeError', "Cannot read properties of undefined (reading 'id')"],
    ['Python', python, 'requests.exceptions.ConnectionError', 'no route'],
    ['Go', go, 'panic', 'runtime error: index out of range [3] with length 3'],
    ['.NET', dotnet, 'System.InvalidOperationException', 'Sequence contains no elements'],
  ])('of %s are found with their stack', (_, text, type, message) => {
    expect(exceptionIn(text)).toEqual({ type, message });
    expect(hasStack(text)).toBe(true);
  });

  it('are found on a single line, and not where none is named', () => {
    expect(exceptionIn('charge failed: PaymentError: card declined')).toEqual({
      type: 'PaymentError',
      message: 'card declined',
    });
    expect(exceptionIn('5 Errors in batch')).toBeUndefined();
    expect(exceptionIn('all well')).toBeUndefined();
    expect(hasStack('TypeError: x')).toBe(false);
  });
});
