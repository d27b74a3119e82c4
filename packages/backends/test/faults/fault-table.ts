import type { ErrorCode } from '@devops-mcp/contract';
import type { Fault } from '@devops-mcp/testing/faults';

/** A fault and the code that every adapter gives for it, where it does not know better. */
export const faultTable = {
  'a reset before the head': [{ kind: 'reset', when: 'before-head' }, 'unavailable'],
  'a reset in the body': [{ kind: 'reset', when: 'in-body' }, 'unavailable'],
  'a short body': [{ kind: 'truncated', framing: 'content-length' }, 'unavailable'],
  'chunks without an end': [{ kind: 'truncated', framing: 'chunked' }, 'unavailable'],
  'text instead of JSON': [{ kind: 'malformed', body: 'text' }, 'unavailable'],
  'JSON of another shape': [{ kind: 'malformed', body: 'wrong-shape' }, 'unavailable'],
  'a login page': [{ kind: 'malformed', body: 'login-page' }, 'unavailable'],
  'an empty answer': [{ kind: 'malformed', body: 'empty' }, 'unavailable'],
  'gzip that is none': [{ kind: 'malformed', body: 'false-gzip' }, 'unavailable'],
  'a gzip bomb': [{ kind: 'malformed', body: 'gzip-bomb' }, 'limit_exceeded'],
  'an endless body': [{ kind: 'endless' }, 'limit_exceeded'],
  'huge headers': [{ kind: 'huge-headers', bytes: 40_000 }, 'unavailable'],
  'a redirect': [{ kind: 'redirect', to: 'http://127.0.0.1:9/' }, 'unavailable'],
  '400': [{ kind: 'status', status: 400 }, 'internal'],
  '401': [{ kind: 'status', status: 401 }, 'denied'],
  '403': [{ kind: 'status', status: 403 }, 'denied'],
  '404': [{ kind: 'status', status: 404 }, 'not_found'],
  '409': [{ kind: 'status', status: 409 }, 'conflict'],
  '429 for a minute': [{ kind: 'status', status: 429, retryAfter: '60' }, 'rate_limited'],
  '500': [{ kind: 'status', status: 500 }, 'unavailable'],
  '502': [{ kind: 'status', status: 502, retryAfter: '60' }, 'unavailable'],
  '503 until 2099': [
    { kind: 'status', status: 503, retryAfter: 'Thu, 01 Jan 2099 00:00:00 GMT' },
    'unavailable',
  ],
} as const satisfies Readonly<Record<string, readonly [Fault, ErrorCode]>>;

export type FaultName = keyof typeof faultTable;
