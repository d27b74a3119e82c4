import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { createGzip, type Gzip } from 'node:zlib';
import { lengthPrefixed, zstdFrame } from './zstd-frame.js';

export type Encoding = 'plain' | 'gzip' | 'zstd';

/** Lines that go to a file which is put aside at every full hour, as the collector's file exporter does. */
export interface RotatingFile {
  /** Must be awaited: it is how a slow disk slows the generator down. */
  line(content: string): Promise<void>;
  /** Ends the current file under the name that it has after rotation. */
  rotate(): Promise<void>;
  close(): Promise<void>;
}

const flushAt = 1_048_576;

/**
 * `encodingOf` says how the n-th file is written, the last one always plain: it is the one that a
 * collector would still be writing.
 */
export function openRotatingFile(
  folder: string,
  signal: 'metrics' | 'logs' | 'traces',
  rotations: readonly { readonly atMs: number; readonly encoding: Encoding }[],
): RotatingFile {
  let file: OpenFile | undefined;
  let number = 0;
  let waiting: string[] = [];
  let size = 0;

  async function current(): Promise<OpenFile> {
    if (file === undefined) {
      const rotation = rotations[number];
      const suffix = rotation === undefined ? '' : `-${stamp(rotation.atMs)}`;
      const encoding = rotation?.encoding ?? 'plain';
      const ending = { plain: '', gzip: '.gz', zstd: '.zst' }[encoding];
      file = await openFile(join(folder, `${signal}${suffix}.jsonl${ending}`), encoding);
    }
    return file;
  }

  async function flush(): Promise<void> {
    if (waiting.length === 0) return;
    const lines = waiting;
    waiting = [];
    size = 0;
    await (await current()).write(lines);
  }

  async function end(): Promise<void> {
    await flush();
    await file?.close();
    file = undefined;
  }

  return {
    async line(content) {
      waiting.push(content);
      size += content.length;
      if (size >= flushAt) await flush();
    },
    async rotate() {
      await current();
      await end();
      number += 1;
    },
    async close() {
      await current();
      await end();
    },
  };
}

interface OpenFile {
  write(lines: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

async function openFile(path: string, encoding: Encoding): Promise<OpenFile> {
  if (encoding === 'gzip') return openGzip(path);
  const handle: FileHandle = await open(path, 'w');
  return {
    async write(lines) {
      const content =
        encoding === 'plain'
          ? `${lines.join('\n')}\n`
          : Buffer.concat(lines.map((line) => lengthPrefixed(zstdFrame(Buffer.from(line)))));
      await handle.writeFile(content);
    },
    close: () => handle.close(),
  };
}

function openGzip(path: string): OpenFile {
  // Fast rather than small: compression runs beside the generator on the second core.
  const gzip: Gzip = createGzip({ level: 2 });
  const target: WriteStream = createWriteStream(path);
  gzip.pipe(target);
  return {
    async write(lines) {
      if (!gzip.write(`${lines.join('\n')}\n`)) await once(gzip, 'drain');
    },
    async close() {
      gzip.end();
      await finished(target);
    },
  };
}

/** As log rotation names its backups: `2026-01-31T10-00-00.000`. */
function stamp(atMs: number): string {
  return new Date(atMs).toISOString().replaceAll(':', '-').replace('Z', '');
}
