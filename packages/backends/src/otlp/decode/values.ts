export type Fields = Readonly<Record<string, unknown>>;

const longestText = 64 * 1024;
const longestAttribute = 4_096;
const longestKey = 256;
/** Attributes of one record or resource; what follows is passed over. */
export const mostAttributes = 64;
const deepest = 6;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A number that OTLP JSON may write as a number or, for 64 bits, as a string; null for anything else. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || value === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** Nanoseconds, as a string or number, in microseconds: exact up to the year 2255. 0 when absent. */
export function microseconds(nanoseconds: unknown): number {
  if (typeof nanoseconds === 'string') {
    const digits = nanoseconds.length > 3 ? Number(nanoseconds.slice(0, -3)) : 0;
    return Number.isFinite(digits) ? digits : 0;
  }
  return typeof nanoseconds === 'number' && nanoseconds > 0 ? Math.floor(nanoseconds / 1_000) : 0;
}

/** An enum written by name or by number, such as `SPAN_KIND_SERVER` or 2. */
export function enumOf(value: unknown, names: readonly string[]): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value === '') return 0;
  const index = names.indexOf(value);
  return index >= 0 ? index : (numberOf(value) ?? 0);
}

/** Trace and span ids: hex of any case, or base64 as generic protobuf writers make them. Null when empty or zero. */
export function identifier(value: unknown, bytes: 8 | 16): string | null {
  if (typeof value !== 'string' || value === '') return null;
  if (value.length === bytes * 2) {
    const digits = hexadecimal(value);
    if (digits === 'lower') return value;
    if (digits === 'zero') return null;
    if (digits === 'mixed') return value.toLowerCase();
  }
  const decoded = Buffer.from(value, 'base64');
  return decoded.length === bytes ? decoded.toString('hex') : null;
}

/** One pass over the text: every record has two of these, and three expressions took thrice as long. */
function hexadecimal(text: string): 'lower' | 'mixed' | 'zero' | 'none' {
  let zero = true;
  let lower = true;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== 48) zero = false;
    if ((code >= 48 && code <= 57) || (code >= 97 && code <= 102)) continue;
    if (code < 65 || code > 70) return 'none';
    lower = false;
  }
  if (zero) return 'zero';
  return lower ? 'lower' : 'mixed';
}

/** The plain value of an AnyValue: string, number, boolean, list, object or null. */
export function anyValue(value: unknown, depth = 0): unknown {
  if (!isFields(value) || depth > deepest) return typeof value === 'object' ? null : value;
  if ('stringValue' in value) return textOf(value.stringValue);
  if ('intValue' in value) return numberOf(value.intValue) ?? textOf(value.intValue);
  if ('doubleValue' in value) return numberOf(value.doubleValue) ?? String(value.doubleValue);
  if ('boolValue' in value) return value.boolValue === true || value.boolValue === 'true';
  if ('bytesValue' in value) return textOf(value.bytesValue);
  if (isFields(value.arrayValue))
    return list(value.arrayValue.values).map((item) => anyValue(item, depth + 1));
  if (isFields(value.kvlistValue)) {
    const pairs = list(value.kvlistValue.values).filter(isFields);
    return Object.fromEntries(pairs.map((pair) => [textOf(pair.key), anyValue(pair.value, depth + 1)]));
  }
  return null;
}

/** An AnyValue as text: strings as they are, everything else as JSON. */
export function anyText(value: unknown): string {
  if (isFields(value) && typeof value.stringValue === 'string')
    return bounded(value.stringValue, longestText);
  const plain = anyValue(value);
  if (plain === null || plain === undefined) return '';
  return bounded(typeof plain === 'string' ? plain : JSON.stringify(plain), longestText);
}

/** Attributes as text by key; at most 64, each at most 4,096 characters with a key of at most 256. */
export function attributesOf(value: unknown): Record<string, string> {
  const attributes: Record<string, string> = {};
  if (!Array.isArray(value)) return attributes;
  let count = 0;
  for (const pair of value) {
    if (!isFields(pair) || typeof pair.key !== 'string' || count >= mostAttributes) continue;
    attributes[bounded(pair.key, longestKey)] = bounded(anyText(pair.value), longestAttribute);
    count += 1;
  }
  return attributes;
}

/** Attributes as JSON with sorted keys, so that equal sets are equal text; null when there are none. */
export function attributesJson(attributes: Readonly<Record<string, string>>): string | null {
  const keys = Object.keys(attributes);
  if (keys.length === 0) return null;
  if (keys.length > 1) keys.sort();
  let text = '';
  for (const key of keys)
    text += `${text === '' ? '{' : ','}${jsonText(key)}:${jsonText(attributes[key] ?? '')}`;
  return `${text}}`;
}

/** Characters that JSON may or must escape; whatever has none is quoted as it is. */
const escaped = /[^ !#-[\]-~]/;

function jsonText(text: string): string {
  return escaped.test(text) ? JSON.stringify(text) : `"${text}"`;
}

export function bounded(text: string, longest: number): string {
  return text.length <= longest ? text : text.slice(0, longest);
}
