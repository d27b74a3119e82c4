import type { Json } from '@devops-mcp/contract';
import type { Redactor } from '../collaborators.js';
import { assignment, assignmentMarkers, secretKey, secretPatterns } from './secret-patterns.js';

// Control and format characters (zero-width, bidirectional) other than tab and newline: they can hide
// text from a reader or show it in another order than it is.
const hidden = /(?![\t\n])[\p{Cc}\p{Cf}]/gu;
const opaque = /[A-Za-z0-9+/_=-]{40,}/g;
const depthMax = 64;

/** The one choke point for everything that leaves the suite. Pure; holds no state between calls. */
export function createRedactor(): Redactor {
  return { json: (value) => cleanJson(value, 0), text: cleanText };
}

/** Cuts a text to a number of bytes at a character, and says so in the text. */
export function capText(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const note = '\n[cut: ask for less]';
  const kept = Buffer.from(text).subarray(0, Math.max(0, maxBytes - note.length));
  return `${kept.toString('utf8').replace(/\ufffd+$/, '')}${note}`;
}

// The two casts keep the caller's type: strings stay strings and the shape is unchanged.
function cleanJson<T extends Json>(value: T, depth: number): T {
  if (typeof value === 'string') return cleanText(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (depth > depthMax) return '[redacted: nested too deep]' as T;
  if (Array.isArray(value)) return cleanList(value, depth) as unknown as T;
  return cleanObject(value as Record<string, Json>, depth) as T;
}

/** Gives back the same array when nothing in it changed: most answers are clean. */
function cleanList(list: readonly Json[], depth: number): readonly Json[] {
  let copy: Json[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const before = list[index] as Json;
    const after = cleanJson(before, depth + 1);
    if (after !== before) {
      copy ??= [...list];
      copy[index] = after;
    }
  }
  return copy ?? list;
}

function cleanObject(object: Record<string, Json>, depth: number): Record<string, Json> {
  let copy: Record<string, Json> | undefined;
  for (const key of Object.keys(object)) {
    const before = object[key] as Json;
    const secret = isSecretValue(before) && secretKey.test(key);
    const after = secret ? '[redacted:named-secret]' : cleanJson(before, depth + 1);
    const cleanKey = cleanText(key);
    if (after !== before || cleanKey !== key) {
      copy ??= { ...object };
      if (cleanKey !== key) delete copy[key];
      copy[cleanKey] = after;
    }
  }
  return copy ?? object;
}

function isSecretValue(value: Json): boolean {
  return (
    (typeof value === 'string' && value !== '' && !value.startsWith('[redacted')) || typeof value === 'number'
  );
}

function cleanText(text: string): string {
  let clean = hidden.test(text) ? text.replace(hidden, '') : text;
  hidden.lastIndex = 0;
  if (clean.length < 8) return clean;
  for (const { kind, markers, pattern } of secretPatterns) {
    if (!markers.some((marker) => clean.includes(marker))) continue;
    clean = clean.replace(pattern, (_, scheme) =>
      kind === 'url-password' ? `${scheme}[redacted:${kind}]@` : `[redacted:${kind}]`,
    );
  }
  if (assignmentMarkers.some((marker) => clean.includes(marker)))
    clean = clean.replace(assignment, '$1[redacted:named-secret]');
  return clean.length < 40
    ? clean
    : clean.replace(opaque, (found) => (looksRandom(found) ? '[redacted:opaque]' : found));
}

/**
 * Long strings of letters and digits that nobody would write: mixed case and digits with an entropy
 * over 4.3 bits a character. Digests and ids (hexadecimal), paths, slugs and words stay.
 */
function looksRandom(text: string): boolean {
  if (/^[0-9a-fA-F-]+$/.test(text) || /^[a-z0-9_/=-]+$/.test(text) || /^[A-Z0-9_/=-]+$/.test(text))
    return false;
  const parts = text.split(/[/_=-]/);
  // A path or an identifier is made of parts that a person reads; a token has one long run.
  if (Math.max(...parts.map((part) => part.length)) < 28) return false;
  return /[0-9]/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text) && entropy(text) > 4.3;
}

/** Shannon entropy in bits a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
