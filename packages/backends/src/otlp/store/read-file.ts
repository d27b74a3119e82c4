import { decodeRequest } from '../decode/request.js';
import type { RowSink } from '../decode/rows.js';
import { encodingOf } from '../reader/encoding.js';
import type { SourceLine } from '../reader/line-splitter.js';
import { readLines } from '../reader/read-lines.js';
import type { TelemetryFile } from '../reader/telemetry-files.js';
import { headOf } from './changes.js';
import type { FileEntry } from './manifest.js';

const longestDocument = 64 * 1024 * 1024;

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

/**
 * Reads on in a file, decoding into the sink and advancing `progress`. Calls `between` after every batch
 * of lines, where the rows in the sink are exactly what `progress` says: the place to write them.
 */
export async function readOn(
  file: TelemetryFile,
  progress: Progress,
  sink: RowSink,
  signal: AbortSignal,
  between: () => Promise<void>,
): Promise<void> {
  const { encoding } = progress;
  if (encoding === 'binary') return;
  const place = { fileId: progress.id, next: () => progress.nextSeq++ };
  const document = documentCollector();
  const take = (line: SourceLine) => {
    const start = progress.consumed === 0 || progress.mode === 'document';
    if (start && line.text !== null && document.wants(line.text)) {
      progress.mode = 'document';
      const value = document.add(line);
      if (value === undefined) return;
      consume(progress, line, decodeRequest(value, place, sink));
      return;
    }
    takeLine(line, progress, (value) => decodeRequest(value, place, sink));
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

function takeLine(line: SourceLine, progress: Progress, decode: (value: unknown) => boolean): void {
  const { text } = line;
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
    wants: (text: string) => parts.length > 0 || text.trimEnd() === '{' || text.trimEnd() === '[',
    open: () => parts.length > 0,
    /** The document, when this line ends it. */
    add(line: SourceLine): unknown {
      const text = line.text ?? '';
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
