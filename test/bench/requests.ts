import { instancesPerService } from './generated-services.js';
import { text } from './otlp-line.js';

export const spansPerRequest = 4;
const linesPerSpan = 4;
export const logLinesPerRequest = spansPerRequest * linesPerSpan;

/** What one request leaves at one instance. */
export interface Visit {
  /** Numbers all instances of all services. */
  readonly instance: number;
  readonly logRecords: readonly string[];
  readonly spanRecord: string;
}

const operations = ['GET /cart', 'POST /orders', 'GET /products', 'POST /payments', 'GET /profile'] as const;
const messages: readonly ((random: Random) => string)[] = [
  (random) => `Handled request in ${random(900)} ms for customer ${random(90_000)}`,
  (random) => `Cache miss for key product:${random(5_000)}, loading from storage`,
  (random) => `Query returned ${random(200)} rows in ${random(80)} ms`,
  (random) => `Published event order-${random(1_000_000)} to partition ${random(12)}`,
  (random) => `Connection pool has ${random(40)} of 40 connections idle`,
  (random) => `Retry ${random(3)} of 3 for upstream 10.0.${random(255)}.${random(255)}:8080`,
];
const faults = [
  ['com.example.PaymentDeclinedException', 'Payment was declined by the provider, code'],
  ['java.net.SocketTimeoutException', 'Read timed out after'],
  ['java.lang.NullPointerException', 'Cannot read field total of order'],
  ['org.postgresql.util.PSQLException', 'Deadlock detected by process'],
] as const;
const frames = Array.from(
  { length: 14 },
  (_, depth) => `\tat com.example.shop.Handler${depth}.handle(Handler${depth}.java:${depth * 17 + 40})`,
).join('\n');

/** A whole number from 0 to below the limit. */
type Random = (below: number) => number;

/** Makes requests one after the other, evenly over the time (microseconds); always the same ones. */
export function createRequests(startUs: number, endUs: number, total: number): () => readonly Visit[] {
  const random = generator(20_261_120);
  let made = 0;
  return () => {
    const share = made / total;
    made += 1;
    const us = Math.floor(startUs + (endUs - startUs) * share);
    const traceId = hex(random, 4);
    // In the last fifth one service at the back fails four times in ten.
    const failing = random(100) < (share > 0.8 ? 40 : 2);
    const spanIds = Array.from({ length: spansPerRequest }, () => hex(random, 2));
    return spanIds.map((spanId, depth) => {
      const place = { us: us + depth * 1_500, traceId, spanId, parentId: spanIds[depth - 1] ?? '', depth };
      return visit(random, place, failing && depth >= 2 && depth < 3);
    });
  };
}

interface Place {
  readonly us: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly depth: number;
}

function visit(random: Random, place: Place, fails: boolean): Visit {
  const service = place.depth * 2 + random(2);
  const operation = operations[random(operations.length)] ?? operations[0];
  const logRecords = Array.from({ length: linesPerSpan }, (_, line) =>
    fails && line === linesPerSpan - 1
      ? faultRecord(random, place, operation)
      : logRecord(place, line, 'INFO', messages[random(messages.length)]?.(random) ?? '', [
          text('http.route', operation),
        ]),
  );
  return {
    instance: service * instancesPerService + random(instancesPerService),
    logRecords,
    spanRecord: spanRecord(random, place, operation, fails),
  };
}

function faultRecord(random: Random, place: Place, operation: string): string {
  const [type, message] = faults[random(faults.length)] ?? faults[0];
  const full = `${message} ${random(5_000)}`;
  return logRecord(place, linesPerSpan - 1, 'ERROR', `Request failed: ${full}`, [
    text('http.route', operation),
    text('exception.type', type),
    text('exception.message', full),
    text('exception.stacktrace', `${type}: ${full}\n${frames}`),
  ]);
}

function logRecord(
  place: Place,
  line: number,
  severity: 'INFO' | 'ERROR',
  body: string,
  attributes: readonly string[],
): string {
  const number = severity === 'INFO' ? 9 : 17;
  return `{"timeUnixNano":"${place.us + line * 300}000","observedTimeUnixNano":"${place.us + line * 300}900","severityNumber":${number},"severityText":"${severity}","body":{"stringValue":${JSON.stringify(body)}},"attributes":[${attributes.join(',')}],"flags":1,"traceId":"${place.traceId}","spanId":"${place.spanId}"}`;
}

function spanRecord(random: Random, place: Place, operation: string, fails: boolean): string {
  const lasts = (spansPerRequest - place.depth) * 8_000 + random(6_000);
  const status = fails ? '{"code":2,"message":"request failed"}' : '{}';
  const attributes = [
    text('http.route', operation),
    text('http.request.method', operation.split(' ')[0] ?? ''),
  ];
  return `{"traceId":"${place.traceId}","spanId":"${place.spanId}","parentSpanId":"${place.parentId}","flags":257,"name":"${operation}","kind":2,"startTimeUnixNano":"${place.us}000","endTimeUnixNano":"${place.us + lasts}000","attributes":[${attributes.join(',')}],"status":${status}}`;
}

/** mulberry32 (public domain): fast, and the same on every machine. */
function generator(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

function hex(random: Random, words: number): string {
  let id = '';
  for (let word = 0; word < words; word += 1) id += random(4_294_967_296).toString(16).padStart(8, '0');
  return id;
}
