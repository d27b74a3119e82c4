import { type Exception, exceptionIn, hasStack } from './exception.js';
import { type JsonBody, jsonBody } from './json-body.js';
import { type Origin, originOf } from './resource.js';
import type { LogRow, Place } from './rows.js';
import { levelInText, levelOfNumber, levelOfWord } from './severity.js';
import { fingerprintOf, templateOf } from './template.js';
import {
  anyText,
  attributesJson,
  attributesOf,
  bounded,
  type Fields,
  identifier,
  isFields,
  list,
  microseconds,
  textOf,
} from './values.js';

const error = 4;
const longestStack = 32 * 1024;

/** Rows of one `resourceLogs` entry. */
export function decodeLogs(resourceLogs: Fields, place: Place, add: (row: LogRow) => void): void {
  const origin = originOf(resourceLogs.resource);
  for (const scope of list(resourceLogs.scopeLogs)) {
    if (!isFields(scope)) continue;
    for (const record of list(scope.logRecords)) {
      if (isFields(record)) add(logRow(record, origin, place));
    }
  }
}

function logRow(record: Fields, origin: Origin, place: Place): LogRow {
  const attributes = attributesOf(record.attributes);
  const body = anyText(record.body) || attributes['exception.message'] || textOf(record.eventName);
  const parsed = jsonBody(body);
  const level =
    levelOfNumber(record.severityNumber) ??
    levelOfWord(record.severityText) ??
    levelOfWord(parsed?.severity) ??
    levelInText(parsed?.message ?? body);
  const found = exceptionOf(attributes, parsed, body, level);
  const template = logTemplate(parsed?.message ?? body, found);
  const stack = attributes['exception.stacktrace'] ?? null;
  delete attributes['exception.stacktrace'];
  return {
    file_id: place.fileId,
    seq: place.next(),
    time_us: microseconds(record.timeUnixNano) || microseconds(record.observedTimeUnixNano),
    service: origin.service,
    instance: origin.instance,
    version: origin.version,
    level,
    body,
    fingerprint: fingerprintOf(found?.type ?? null, template),
    type: found?.type ?? null,
    stack: stack === null ? null : bounded(stack, longestStack),
    operation: operationOf(attributes),
    trace_id: identifier(record.traceId, 16) ?? identifier(parsed?.traceId, 16),
    span_id: identifier(record.spanId, 8),
    attributes: attributesJson(attributes),
  };
}

/**
 * The template of a log line: its own first line and, where that does not say it already, the message
 * of the exception it reports. The same function serves ingestion and answers, so they cannot differ.
 */
export function logTemplate(message: string, found: Exception | undefined): string {
  const own = templateOf(message);
  if (found === undefined || found.message === '') return own;
  const reported = templateOf(found.message);
  if (own === '' || own.startsWith('Traceback (most recent')) return reported;
  return ` ${own} `.includes(` ${reported} `) ? own : `${own}: ${reported}`;
}

/** The same from what a row keeps. */
export function templateOfRow(row: {
  readonly body: string;
  readonly type: string | null;
  readonly level: number;
  readonly attributes: string | null;
}): string {
  const parsed = jsonBody(row.body);
  const stored: unknown = row.attributes === null ? {} : JSON.parse(row.attributes);
  const attributes: Record<string, string> = {};
  if (isFields(stored))
    for (const [key, value] of Object.entries(stored)) if (typeof value === 'string') attributes[key] = value;
  const found = exceptionOf(attributes, parsed, row.body, row.level);
  return logTemplate(parsed?.message ?? row.body, found);
}

/** The stack trace of a row: the attribute's, the JSON body's, or the body itself when it carries one. */
export function stackOfRow(row: { readonly body: string; readonly stack: string | null }): string | null {
  if (row.stack !== null) return row.stack;
  const parsed = jsonBody(row.body);
  if (parsed?.stack !== undefined) return parsed.stack;
  return hasStack(row.body) ? row.body : null;
}

function exceptionOf(
  attributes: Readonly<Record<string, string>>,
  parsed: JsonBody | undefined,
  body: string,
  level: number,
): Exception | undefined {
  const type = attributes['exception.type'];
  if (type !== undefined && type !== '') return { type, message: attributes['exception.message'] ?? '' };
  if (parsed?.exceptionType !== undefined)
    return { type: parsed.exceptionType, message: parsed.exceptionMessage ?? '' };
  // Lower levels mention exceptions in passing; only an error is one.
  if (level < error) return undefined;
  return exceptionIn(parsed?.stack ?? parsed?.message ?? body);
}

function operationOf(attributes: Readonly<Record<string, string>>): string | null {
  const route = attributes['http.route'];
  if (route !== undefined) {
    const method = attributes['http.request.method'] ?? attributes['http.method'];
    return bounded(method === undefined ? route : `${method} ${route}`, 200);
  }
  const rpc = attributes['rpc.method'];
  if (rpc === undefined) return null;
  const service = attributes['rpc.service'];
  return bounded(service === undefined ? rpc : `${service}/${rpc}`, 200);
}
