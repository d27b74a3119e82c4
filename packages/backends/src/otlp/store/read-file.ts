import { decodeRequest, requestFields } from '../decode/request.js';
import type { RowOf, TableName } from '../decode/rows.js';
import { encodingOf } from '../reader/encoding.js';
import { type SourceLine, textOfLine } from '../reader/line-splitter.js';
import { readLines } from '../reader/read-lines.js';
import type { TelemetryFile } from '../reader/telemetry-files.js';
import { headOf } from './changes.js';
import type { FileEntry } from './manifest.js';

const longestDocument = 64 * 1024 * 1024;
const closingBrace = 125;

/** The entry of a file as it grows while lines are read. */
export type Progress = { -readonly [K in keyof FileEntry]: FileEntry[K] };

/** A fresh entry for a file that nothing was read of. */
export async function newEntry(file: TelemetryFile, id: number): Promise<Progress> {
  const encoding = await encodingOf(file.absolute);
  return {
    id,
    path: file.path,
    device: file.device,
    inode: file.inode,
    size: file.size,
    modifiedMs: file.modifiedMs,
    encoding,
    mode: 'lines',
    ...(await headOf(file.absolute)),
    consumed: 0,
    nextSeq: 0,
    lines: 0,
    garbage: 0,
    tooLong: 0,
    tail: 'clean',
  };
}

/** What becomes of the rows of one table that a file holds. */
export interface Reading<T extends TableName> {
  readonly table: T;
  readonly add: (row: RowOf[T]) => void;
  /** Runs after every batch of lines, where the rows that were added are exactly what the progress says. */
  readonly between: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Reads on in a file, decoding the rows of one table and advancing `progress`. */
export async function readOn<T extends TableName>(
  file: TelemetryFile,
  progress: Progress,
  reading: Reading<T>,
): Promise<void> {
  const { encoding } = progress;
  const { table, add, between, signal } = reading;
  if (encoding === 'binary') return;
  const place = { fileId: progress.id, next: () => progress.nextSeq++ };
  const decode = (value: unknown) => decodeRequest(value, table, place, add);
  const isForAnother = anotherTables(table);
  const document = documentCollector();
  const take = (line: SourceLine) => {
    const start = progress.consumed === 0 || progress.mode === 'document';
    if (start && line.bytes !== null && document.wants(line.bytes)) {
      progress.mode = 'document';
      const value = document.add(line.bytes);
      if (value !== undefined) consume(progress, line, decode(value));
    } else if (line.bytes !== null && !line.unfinished && isForAnother(line.bytes))
      consume(progress, line, true);
    else takeLine(line, progress, decode);
  };
  progress.tail = 'clean';
  const lines = readLines({ path: file.absolute, encoding, from: progress.consumed, signal });
  try {
    for (let batch = await lines.next(); ; batch = await lines.next()) {
      if (batch.done) {
        if (batch.value !== 'clean') progress.tail = batch.value;
        break;
      }
      for (const line of batch.value) take(line);
      await between();
    }
  } finally {
    // Closes the file when reading stops early.
    await lines.return('clean');
  }
  if (document.open()) progress.tail = 'torn';
}

/**
 * Tells lines of other tables without parsing them: they begin as the collector writes them and nowhere
 * name the field of this one. Whoever reads that table judges whether they are whole.
 */
function anotherTables(table: TableName): (line: Buffer) => boolean {
  const own = Buffer.from(`"${requestFields[table]}"`);
  const heads = Object.values(requestFields).map((field) => Buffer.from(`{"${field}":[`));
  return (line) =>
    line.at(-1) === closingBrace &&
    heads.some((head) => line.length > head.length && head.compare(line, 0, head.length) === 0) &&
    !line.includes(own);
}

function takeLine(line: SourceLine, progress: Progress, decode: (value: unknown) => boolean): void {
  const text = line.bytes === null ? null : textOfLine(line.bytes);
  if (text !== null && text.trim() === '') {
    if (!line.unfinished) progress.consumed = line.end;
    return;
  }
  const value = text === null ? undefined : parse(text);
  if (value === undefined && line.unfinished) {
    // Still being written, or cut off: whatever it is, the next look at the file reads it again.
    progress.tail = progress.encoding === 'plain' ? 'torn' : 'truncated';
    return;
  }
  if (text === null) progress.tooLong += 1;
  consume(progress, line, value === undefined ? text === null : decode(value));
}

function consume(progress: Progress, line: SourceLine, readable: boolean): void {
  progress.consumed = line.end;
  progress.lines += 1;
  if (!readable) progress.garbage += 1;
}

/** Joins the lines of JSON that was written over several: it starts with a bracket alone on a line. */
function documentCollector() {
  let parts: string[] = [];
  let size = 0;
  return {
    wants: (line: Buffer) => parts.length > 0 || (line.length < 64 && /^[{[]\s*$/.test(textOfLine(line))),
    open: () => parts.length > 0,
    /** The document, when this line ends it. */
    add(line: Buffer): unknown {
      const text = textOfLine(line);
      size += text.length;
      if (size > longestDocument) parts = ['!'];
      else parts.push(text);
      if (!/^[}\]]/.test(text)) return undefined;
      const value = parse(parts.join('\n'));
      if (value !== undefined) {
        parts = [];
        size = 0;
      }
      return value;
    },
  };
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value ?? undefined;
  } catch {
    return undefined;
  }
}
