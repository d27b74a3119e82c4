import { type FileHandle, open } from 'node:fs/promises';

const chunkBytes = 256 * 1024;
const anchorBytes = 4096;

export interface FollowOptions {
  readonly path: string;
  /** False for a line that cannot be used. */
  readonly accept: (line: string) => boolean;
  /** Called before everything is read again: what was accepted so far must be forgotten. */
  readonly reset: () => void;
  readonly maxLineBytes: number;
  /** Of a larger file only the end is read. */
  readonly maxBytes: number;
}

export interface FollowState {
  readonly lines: number;
  readonly garbageLines: number;
  /** The file ends inside a line that is still being written. */
  readonly tornTail: boolean;
  readonly skippedBytes: number;
  /** When the file was last written; null when only its rotated predecessor is there. */
  readonly lastWrite: Date | null;
}

export interface LineFollower {
  /** Reads what was appended since the last call. Rejects with the system's error when there is nothing to read. */
  catchUp(signal: AbortSignal): Promise<FollowState>;
}

interface Progress {
  inode: number;
  offset: number;
  /** The first bytes of the file and the last ones before the offset. */
  anchor: Buffer;
  lines: number;
  garbageLines: number;
  skippedBytes: number;
  tornTail: boolean;
  lastWrite: Date | null;
}

/**
 * Follows a file of lines by offset. A replaced, truncated or rewritten file is noticed (inode,
 * size, and the bytes at the beginning and before the offset), and then everything is read again, the rotated
 * predecessor `<path>.1` first, so that what is known depends on the files alone and two
 * processes agree.
 */
export function followLines(options: FollowOptions): LineFollower {
  let progress: Progress | undefined;
  let running: Promise<unknown> = Promise.resolve();

  async function advance(signal: AbortSignal): Promise<FollowState> {
    const file = await openIfPresent(options.path);
    try {
      const inode = file ? (await file.stat()).ino : -1;
      if (!progress || progress.inode !== inode || (file && !(await continues(file, progress)))) {
        progress = undefined;
        options.reset();
        const fresh = await readPredecessor(options, inode, file === undefined, signal);
        if (file) fresh.offset = await startOf(file, options, fresh);
        if (file) await readOn(file, fresh, options, signal);
        progress = fresh;
      } else if (file) {
        await readOn(file, progress, options, signal);
      }
      return stateOf(progress);
    } catch (error) {
      // Lines may have been accepted past the recorded offset: the next call starts anew.
      progress = undefined;
      throw error;
    } finally {
      await file?.close();
    }
  }

  return {
    catchUp(signal) {
      // One reader at a time: two would accept the same lines twice.
      const next = running.then(
        () => advance(signal),
        () => advance(signal),
      );
      running = next;
      return next;
    },
  };
}

async function openIfPresent(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The file goes on where it was left: not shorter, and the bytes that are remembered are the same. */
async function continues(file: FileHandle, progress: Progress): Promise<boolean> {
  const { size } = await file.stat();
  if (size < progress.offset) return false;
  return (await readAnchor(file, progress.offset)).equals(progress.anchor);
}

async function readPredecessor(
  options: FollowOptions,
  inode: number,
  required: boolean,
  signal: AbortSignal,
): Promise<Progress> {
  const progress: Progress = {
    inode,
    offset: 0,
    anchor: Buffer.alloc(0),
    lines: 0,
    garbageLines: 0,
    skippedBytes: 0,
    tornTail: false,
    lastWrite: null,
  };
  const rotated = await openIfPresent(`${options.path}.1`);
  if (!rotated) {
    // Raises the system's own error for the missing file.
    if (required) await (await open(options.path, 'r')).close();
    return progress;
  }
  try {
    progress.offset = await startOf(rotated, options, progress);
    await readOn(rotated, progress, options, signal);
  } finally {
    await rotated.close();
  }
  return { ...progress, inode, offset: 0, anchor: Buffer.alloc(0), tornTail: false, lastWrite: null };
}

/** Offset of the first whole line of the last `maxBytes`. */
async function startOf(file: FileHandle, options: FollowOptions, progress: Progress): Promise<number> {
  const { size } = await file.stat();
  if (size <= options.maxBytes) return 0;
  const from = size - options.maxBytes;
  const chunk = Buffer.alloc(Math.min(options.maxLineBytes, options.maxBytes));
  const { bytesRead } = await file.read(chunk, 0, chunk.length, from);
  const newline = chunk.subarray(0, bytesRead).indexOf(10);
  const start = newline < 0 ? size : from + newline + 1;
  progress.skippedBytes += start;
  return start;
}

async function readOn(
  file: FileHandle,
  progress: Progress,
  options: FollowOptions,
  signal: AbortSignal,
): Promise<void> {
  const { size, mtime } = await file.stat();
  progress.lastWrite = mtime;
  let pending = Buffer.alloc(0);
  let at = progress.offset;
  let overlong = false;
  const take = (line: Buffer) => {
    progress.offset += line.length + 1;
    const text = line.toString('utf8').trim();
    if (text === '' && !overlong) return;
    progress.lines += 1;
    if (overlong || !options.accept(text)) progress.garbageLines += 1;
    overlong = false;
  };
  while (at < size) {
    signal.throwIfAborted();
    const chunk = Buffer.alloc(Math.min(chunkBytes, size - at));
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    let rest = Buffer.concat([pending, chunk.subarray(0, bytesRead)]);
    for (let newline = rest.indexOf(10); newline >= 0; newline = rest.indexOf(10)) {
      take(rest.subarray(0, newline));
      rest = rest.subarray(newline + 1);
    }
    if (rest.length > options.maxLineBytes) {
      // Not kept in memory: the line counts as garbage when its end is found.
      progress.offset += rest.length;
      rest = Buffer.alloc(0);
      overlong = true;
    }
    pending = rest;
  }
  finishTail(pending, progress, options, overlong);
  progress.anchor = await readAnchor(file, progress.offset);
}

/** A torn object never parses, so a last line that is accepted without its newline is whole. */
function finishTail(pending: Buffer, progress: Progress, options: FollowOptions, overlong: boolean): void {
  const tail = pending.toString('utf8').trim();
  progress.tornTail = tail !== '' || overlong;
  if (tail === '' || overlong || !options.accept(tail)) return;
  progress.offset += pending.length;
  progress.lines += 1;
  progress.tornTail = false;
}

async function readAnchor(file: FileHandle, offset: number): Promise<Buffer> {
  const length = Math.min(anchorBytes, offset);
  const anchor = Buffer.alloc(2 * length);
  await file.read(anchor, 0, length, 0);
  await file.read(anchor, length, length, offset - length);
  return anchor;
}

function stateOf(progress: Progress): FollowState {
  const { lines, garbageLines, tornTail, skippedBytes, lastWrite } = progress;
  return { lines, garbageLines, tornTail, skippedBytes, lastWrite };
}
