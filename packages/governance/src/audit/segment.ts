import { join } from 'node:path';
import type { RandomSource } from '../collaborators.js';
import { chainedLine, type RecordBody, segmentOrigin } from './audit-record.js';
import type { SegmentFile, SegmentFiles } from './segment-files.js';

/** An NDJSON file that one process appends to; good until its first failure. */
export interface Segment {
  readonly file: string;
  readonly startedAt: string;
  /** Hash of the first record on the device, or undefined before there is one. */
  firstHash(): string | undefined;
  /** Bytes written so far. */
  size(): number;
  /** Resolves when the records are on the device. After a rejection the segment must not be used again. */
  append(bodies: readonly RecordBody[]): Promise<void>;
  /** Removes the file when no record reached the device, so that a full disk leaves no row of empty files. */
  close(): Promise<void>;
}

export async function beginSegment(options: {
  readonly directory: string;
  readonly server: string;
  readonly files: SegmentFiles;
  readonly clock: () => Date;
  readonly random: RandomSource;
}): Promise<Segment> {
  const startedAt = options.clock().toISOString();
  const file = `${options.server}-${startedAt.replaceAll(/[-:.]/g, '')}-${options.random.hex(6)}.ndjson`;
  const path = join(options.directory, file);
  const handle = await options.files.create(path);
  let [seq, prev, size] = [0, segmentOrigin(file), 0];
  let firstHash: string | undefined;
  return {
    file,
    startedAt,
    firstHash: () => firstHash,
    size: () => size,
    async append(bodies) {
      let text = '';
      let first: string | undefined;
      for (const body of bodies) {
        const { line, hash } = chainedLine(body, ++seq, prev);
        first ??= hash;
        prev = hash;
        text += line;
      }
      size += await writeWhole(handle, text);
      await handle.datasync();
      firstHash ??= first;
    },
    async close() {
      await handle.close();
      if (firstHash === undefined) await options.files.remove(path);
    },
  };
}

async function writeWhole(handle: SegmentFile, text: string): Promise<number> {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) {
    const taken = await handle.write(bytes.subarray(done));
    // A device that takes nothing and reports nothing would keep this going for ever.
    if (taken <= 0) throw new Error('the device took no bytes');
    done += taken;
  }
  return bytes.length;
}
