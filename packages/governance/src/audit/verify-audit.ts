import type { SegmentTable } from '../store/store.js';
import { recordFormat, recordHash, segmentOrigin } from './audit-record.js';
import { listSegments, readLines, type SegmentPath } from './segment-reader.js';

type Registered = Awaited<ReturnType<SegmentTable['list']>>[number];

export interface SegmentReport {
  readonly directory: string;
  readonly file: string;
  readonly ok: boolean;
  /** Whole records before the first bad line. */
  readonly records: number;
  /** Lines count from 1. */
  readonly firstBad: { readonly line: number; readonly why: string } | null;
  /** Bytes after the last line feed: a record that was being written when the process ended. */
  readonly tornBytes: number;
  /** Whether the store knows of it; null when no store was asked. */
  readonly registered: boolean | null;
  readonly firstTimestamp: string | null;
  readonly lastTimestamp: string | null;
  /** Note it somewhere else, and a tail that is cut later shows. */
  readonly lastHash: string | null;
}

export interface AuditReport {
  /** False when a line is bad or a registered segment is missing. */
  readonly ok: boolean;
  readonly records: number;
  readonly segments: readonly SegmentReport[];
  /** Begun according to the store, and not in the folders. */
  readonly missing: readonly Registered[];
}

/**
 * Reads every segment and checks form, order and hashes of all records, and, given the table, that
 * every segment begun is there and begins as it was begun.
 *
 * What this finds: a record edited, removed, inserted or moved; a segment removed, renamed, swapped,
 * or written anew from its first record. What it cannot find by itself: the newest records of a
 * segment cut off, whether at a line feed or within a line, and a rewrite of everything but the first
 * record by somebody who can compute the hashes. Compare `lastHash` with a note kept elsewhere.
 */
export async function verifyAudit(options: {
  readonly directories: readonly string[];
  readonly segments?: Pick<SegmentTable, 'list'>;
}): Promise<AuditReport> {
  // The table first: a segment begun while the folders are read is then not taken for a missing one.
  const registered = await options.segments?.list();
  const byFile = registered && new Map(registered.map((entry) => [entry.file, entry]));
  const reports: SegmentReport[] = [];
  for (const segment of await listSegments(options.directories)) {
    reports.push(await verifySegment(segment, byFile));
  }
  const present = new Set(reports.map((report) => report.file));
  const missing = registered?.filter((entry) => !present.has(entry.file)) ?? [];
  return {
    ok: missing.length === 0 && reports.every((report) => report.ok),
    records: reports.reduce((sum, report) => sum + report.records, 0),
    segments: reports,
    missing,
  };
}

async function verifySegment(
  segment: SegmentPath,
  registered: ReadonlyMap<string, Registered> | undefined,
): Promise<SegmentReport> {
  const entry = registered?.get(segment.file);
  const chain = new Chain(segmentOrigin(segment.file), entry?.firstHash);
  let tornBytes = 0;
  for await (const part of readLines(segment)) {
    if ('torn' in part) tornBytes = Buffer.byteLength(part.torn);
    else for (const line of part.lines) chain.follow(line);
    if (chain.firstBad !== null) break;
  }
  if (entry !== undefined && chain.records === 0) {
    chain.firstBad ??= { line: 1, why: 'the first record, of which the store knows, is not there' };
  }
  return {
    ...segment,
    ok: chain.firstBad === null,
    records: chain.records,
    firstBad: chain.firstBad,
    tornBytes,
    registered: registered === undefined ? null : entry !== undefined,
    firstTimestamp: chain.firstTimestamp,
    lastTimestamp: chain.lastTimestamp,
    lastHash: chain.records === 0 ? null : chain.lastHash,
  };
}

/** Follows the records of one segment up to the first that is not as it was written. */
class Chain {
  records = 0;
  firstBad: { readonly line: number; readonly why: string } | null = null;
  firstTimestamp: string | null = null;
  lastTimestamp: string | null = null;
  lastHash: string;
  readonly #firstHash: string | undefined;

  constructor(origin: string, firstHash: string | undefined) {
    this.lastHash = origin;
    this.#firstHash = firstHash;
  }

  follow(line: string): void {
    if (this.firstBad !== null) return;
    const why = this.#fault(line);
    if (why === undefined) this.records += 1;
    else this.firstBad = { line: this.records + 1, why };
  }

  #fault(line: string): string | undefined {
    const record = parseObject(line);
    if (record === undefined) return 'it is not a JSON object';
    if (record.format !== recordFormat) return 'it is not an audit record of a known format';
    if (record.seq !== this.records + 1) {
      return `record ${this.records + 1} is expected here and ${JSON.stringify(record.seq) ?? 'none'} was found: records were removed, inserted or moved`;
    }
    if (record.prev !== this.lastHash) return 'it does not follow the record before it';
    if (typeof record.hash !== 'string' || !isHashOf(record.hash, line)) {
      return 'its content is not what was hashed: it was edited';
    }
    if (this.records === 0 && this.#firstHash !== undefined && record.hash !== this.#firstHash) {
      return 'the segment does not begin with the record of which the store knows: it was written anew';
    }
    this.lastHash = record.hash;
    this.lastTimestamp = typeof record.timestamp === 'string' ? record.timestamp : null;
    this.firstTimestamp ??= this.lastTimestamp;
    return undefined;
  }
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    // Every key is looked at before it is used.
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A record is written in canonical form, so that its line without the member `hash` is byte for byte
 * what was hashed. The same member may also stand in the arguments of a call.
 */
function isHashOf(hash: string, line: string): boolean {
  const member = `"hash":"${hash}",`;
  for (let at = line.indexOf(member); at >= 0; at = line.indexOf(member, at + 1)) {
    if (recordHash(line.slice(0, at) + line.slice(at + member.length)) === hash) return true;
  }
  return false;
}
