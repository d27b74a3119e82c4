import { createReadStream, promises as fs } from 'node:fs';
import { pipeline } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import type { Encoding } from './encoding.js';
import { lineSplitter, type SourceLine } from './line-splitter.js';
import { unpackZstdFrame, zstdStream } from './zstd.js';

export const longestLine = 32 * 1024 * 1024;
const chunkBytes = 1024 * 1024;
const largestFrame = 64 * 1024 * 1024;
const largestPlainFrame = 256 * 1024 * 1024;

/**
 * How a file ended. `torn`: in the middle of a line or frame, as a file does that is being written;
 * `truncated`: a compressed stream that stops early; `corrupt`: bytes that cannot be decompressed.
 */
export type Tail = 'clean' | 'torn' | 'truncated' | 'corrupt';

export interface ReadRequest {
  readonly path: string;
  readonly encoding: Exclude<Encoding, 'binary'>;
  /** Where to resume: bytes of the file, or of its plain content for `gzip` and `zstd`. */
  readonly from: number;
  readonly signal: AbortSignal;
}

interface Ending {
  tail: Tail;
}

/**
 * The lines of a file from where it was left, in batches of what one read gave; a batch is never a part
 * of a frame, so that reading can resume after any of them. The value that the generator returns is how
 * the compressed stream or the frames ended; whether an unfinished last line is whole is told by parsing it.
 */
export async function* readLines(request: ReadRequest): AsyncGenerator<readonly SourceLine[], Tail> {
  if (request.encoding === 'zstd-frames') return yield* framedLines(request);
  const ending: Ending = { tail: 'clean' };
  let batch: SourceLine[] = [];
  const skip = request.encoding === 'plain' ? 0 : request.from;
  const splitter = lineSplitter(request.from, longestLine, (line) => batch.push(line));
  let seen = 0;
  for await (const chunk of chunks(request, ending)) {
    const fresh = seen >= skip ? chunk : chunk.subarray(Math.min(chunk.length, skip - seen));
    seen += chunk.length;
    if (fresh.length === 0) continue;
    splitter.push(fresh);
    if (batch.length > 0) yield batch;
    batch = [];
  }
  const rest = splitter.rest();
  if (rest !== undefined) yield [rest];
  return ending.tail;
}

function chunks(request: ReadRequest, ending: Ending): AsyncIterable<Buffer> {
  if (request.encoding === 'gzip') return gunzipped(request, ending);
  if (request.encoding === 'zstd') return unzstd(request, ending);
  return createReadStream(request.path, {
    start: request.from,
    highWaterMark: chunkBytes,
    signal: request.signal,
  });
}

async function* gunzipped(request: ReadRequest, ending: Ending): AsyncGenerator<Buffer> {
  // With this flush mode an early end gives every byte that could be decompressed instead of an error.
  const gunzip = createGunzip({ chunkSize: chunkBytes, finishFlush: constants.Z_SYNC_FLUSH });
  const file = createReadStream(request.path, { highWaterMark: chunkBytes, signal: request.signal });
  // The iteration below sees the same error; this only closes both ends.
  pipeline(file, gunzip, () => undefined);
  let total = 0;
  try {
    for await (const chunk of gunzip) {
      total += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (request.signal.aborted) throw error;
    ending.tail = 'corrupt';
    return;
  }
  if (await endsEarly(request.path, total)) ending.tail = 'truncated';
}

/**
 * A gzip member ends with its plain size modulo 2^32 (RFC 1952). The last member's cannot exceed the
 * total, and the last bytes of a cut stream almost surely do.
 */
async function endsEarly(path: string, total: number): Promise<boolean> {
  const handle = await fs.open(path, 'r');
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(4);
    if (size < 18) return true;
    await handle.read(last, 0, 4, size - 4);
    return total < 2 ** 32 && last.readUInt32LE(0) > total;
  } finally {
    await handle.close();
  }
}

async function* unzstd(request: ReadRequest, ending: Ending): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  const unpack = zstdStream((part) => parts.push(part));
  const file = createReadStream(request.path, { highWaterMark: chunkBytes, signal: request.signal });
  try {
    for await (const chunk of file) {
      unpack(chunk, false);
      yield* parts;
      parts = [];
    }
    unpack(Buffer.alloc(0), true);
  } catch (error) {
    if (request.signal.aborted) throw error;
    ending.tail = 'truncated';
  }
  yield* parts;
}

async function* framedLines(request: ReadRequest): AsyncGenerator<readonly SourceLine[], Tail> {
  const handle = await fs.open(request.path, 'r');
  try {
    const { size } = await handle.stat();
    const prefix = Buffer.alloc(4);
    let at = request.from;
    while (at + 4 <= size) {
      request.signal.throwIfAborted();
      await handle.read(prefix, 0, 4, at);
      const length = prefix.readUInt32BE(0);
      if (length > largestFrame) return 'corrupt';
      if (at + 4 + length > size) return 'torn';
      const frame = Buffer.alloc(length);
      await handle.read(frame, 0, length, at + 4);
      at += 4 + length;
      yield linesOfFrame(frame, at);
    }
    return at === size ? 'clean' : 'torn';
  } finally {
    await handle.close();
  }
}

/** The lines of one frame; none counts as consumed before the last, since reading resumes at frames. */
function linesOfFrame(frame: Buffer, end: number): readonly SourceLine[] {
  const lines: (Buffer | null)[] = [];
  const splitter = lineSplitter(0, longestLine, (line) => lines.push(line.bytes));
  try {
    splitter.push(unpackZstdFrame(frame, largestPlainFrame));
  } catch {
    return [{ bytes: null, end }];
  }
  const rest = splitter.rest();
  if (rest !== undefined) lines.push(rest.bytes);
  return lines.length === 0 ? [{ bytes: Buffer.alloc(0), end }] : lines.map((bytes) => ({ bytes, end }));
}
