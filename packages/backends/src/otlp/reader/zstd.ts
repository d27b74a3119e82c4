import { Decompress } from 'fzstd';

const largestWindow = 128 * 1024 * 1024;

/** A source that cannot be decompressed any further. */
export class BrokenZstd extends Error {
  override readonly name = 'BrokenZstd';
}

/** One whole frame, at most `largest` bytes when decompressed. Throws `BrokenZstd`. */
export function unpackZstdFrame(frame: Buffer, largest: number): Buffer {
  const parts: Uint8Array[] = [];
  let total = 0;
  const unpack = zstdStream((part) => {
    total += part.length;
    if (total > largest) throw new BrokenZstd('the frame is larger than the bound');
    parts.push(part);
  });
  unpack(frame, true);
  return Buffer.concat(parts);
}

/**
 * Feeds compressed bytes and calls back with plain ones. The frame's header is checked before the
 * decoder sees it, because the decoder allocates whatever window the header asks for.
 */
export function zstdStream(onPart: (part: Buffer) => void): (bytes: Buffer, last: boolean) => void {
  const decoder = new Decompress((part) => {
    // The decoder reuses its buffer, so what is kept longer than this call must be a copy.
    if (part.length > 0) onPart(Buffer.from(part));
  });
  let checked = false;
  return (bytes, last) => {
    if (!checked) {
      if (windowSize(bytes) > largestWindow) throw new BrokenZstd('the frame asks for too large a window');
      checked = true;
    }
    try {
      decoder.push(bytes, last);
    } catch (error) {
      throw error instanceof BrokenZstd
        ? error
        : new BrokenZstd('not a readable zstd frame', { cause: error });
    }
  };
}

/** Window size that a frame header declares (RFC 8878, 3.1.1.1); 0 when it is not readable. */
function windowSize(head: Buffer): number {
  const descriptor = head[4];
  if (descriptor === undefined) return 0;
  const singleSegment = (descriptor & 0x20) !== 0;
  if (!singleSegment) {
    const window = head[5] ?? 0;
    const base = 2 ** (10 + (window >> 3));
    return base + (base / 8) * (window & 7);
  }
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeBytes = [1, 2, 4, 8][descriptor >> 6] ?? 1;
  const at = 5 + dictionaryBytes;
  if (head.length < at + sizeBytes) return 0;
  if (sizeBytes === 8) return Number(head.readBigUInt64LE(at));
  return head.readUIntLE(at, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
}
