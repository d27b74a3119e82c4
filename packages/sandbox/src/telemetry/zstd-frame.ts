const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const largestBlock = 128 * 1_024;

/**
 * A Zstandard frame of raw blocks (RFC 8878, 3.1.1): valid everywhere, compressed nowhere. Node 20
 * has no zstd, and what must be tried is the framing of the collector's file exporter.
 */
export function zstdFrame(content: Buffer): Buffer {
  const parts: Buffer[] = [magic, frameHeader(content.length)];
  for (let at = 0; at < content.length || at === 0; at += largestBlock) {
    const block = content.subarray(at, at + largestBlock);
    const last = at + largestBlock >= content.length;
    const header = Buffer.alloc(3);
    header.writeUIntLE((block.length << 3) | (last ? 1 : 0), 0, 3);
    parts.push(header, block);
  }
  return Buffer.concat(parts);
}

/** A message as the file exporter writes it with `compression: zstd`: its length, big-endian, then a frame. */
export function lengthPrefixed(frame: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(frame.length);
  return Buffer.concat([length, frame]);
}

/** Single segment with a four-byte content size: no window to declare, no checksum. */
function frameHeader(size: number): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt8(0b1010_0000, 0);
  header.writeUInt32LE(size, 1);
  return header;
}
