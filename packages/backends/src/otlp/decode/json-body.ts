import { type Fields, isFields, textOf } from './values.js';

/** What a body that is a JSON object says, by the field names that logging libraries use. */
export interface JsonBody {
  readonly message: string | undefined;
  readonly severity: string | undefined;
  readonly traceId: string | undefined;
  readonly exceptionType: string | undefined;
  readonly exceptionMessage: string | undefined;
  readonly stack: string | undefined;
}

const messageKeys = ['message', 'msg', '@message', 'log', 'event'];
const severityKeys = ['severity', 'level', 'levelname', 'log.level', 'lvl', '@level'];
const traceKeys = ['trace_id', 'traceId', 'traceID', 'trace.id'];
const stackKeys = [
  'stack',
  'stack_trace',
  'stackTrace',
  'stacktrace',
  'exception',
  'exc_info',
  'error.stack_trace',
];
const errorKeys = ['error', 'err', 'exception'];

/** Undefined when the text is not one JSON object. */
export function jsonBody(text: string): JsonBody | undefined {
  if (text.charCodeAt(0) !== 123 || !text.trimEnd().endsWith('}')) return undefined;
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isFields(fields) ? describe(fields) : undefined;
}

function describe(fields: Fields): JsonBody {
  const error = errorKeys.map((key) => fields[key]).find(isFields);
  return {
    message: firstText(fields, messageKeys) ?? (error && firstText(error, ['message'])),
    severity: firstText(fields, severityKeys),
    traceId: firstText(fields, traceKeys),
    exceptionType:
      firstText(fields, ['error.type', 'exception.type']) ??
      (error && firstText(error, ['type', 'name', 'class'])),
    exceptionMessage: firstText(fields, ['error.message']) ?? (error && firstText(error, ['message', 'msg'])),
    stack:
      firstText(fields, stackKeys) ?? (error && firstText(error, ['stack', 'stack_trace', 'stacktrace'])),
  };
}

function firstText(fields: Fields, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const text = textOf(fields[key]);
    if (text !== '') return text;
  }
  return undefined;
}
