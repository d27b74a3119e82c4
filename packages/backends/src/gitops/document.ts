import { parseAllDocuments } from 'yaml';
import { isRecord } from '../record.js';

/** Where a value stands: file, document within the file, keys within the document. */
export interface Place {
  readonly path: string;
  readonly document: number;
  readonly keys: readonly (string | number)[];
  /** What stands before the value in the same scalar, as in Kustomize's `KEY=value`. */
  readonly prefix?: string;
}

export interface Located<T> {
  readonly value: T;
  readonly place: Place;
}

/** The documents of a YAML or JSON file as plain data; undefined when it cannot be read. */
export function parseDocuments(text: string): readonly unknown[] | undefined {
  try {
    const documents = parseAllDocuments(text);
    if (!Array.isArray(documents)) return [];
    if (documents.some((document) => document.errors.length > 0)) return undefined;
    // The limit on aliases stops documents that grow a thousandfold when they are expanded.
    return documents.map((document) => document.toJS({ maxAliasCount: 100 }) as unknown);
  } catch {
    return undefined;
  }
}

/** The value below the keys, or undefined. */
export function at(value: unknown, ...keys: readonly (string | number)[]): unknown {
  let current = value;
  for (const key of keys) {
    if (Array.isArray(current)) current = current[Number(key)];
    else if (isRecord(current) && Object.hasOwn(current, key)) current = current[key];
    else return undefined;
  }
  return current;
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asEntries(value: unknown): readonly (readonly [string, unknown])[] {
  return isRecord(value) ? Object.entries(value) : [];
}

/** Scalars as text; undefined for everything else. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  return undefined;
}

export function asCount(value: unknown): number | undefined {
  const count = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isInteger(count) && count >= 0 ? count : undefined;
}
