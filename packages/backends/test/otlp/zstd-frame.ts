/** A zstd frame that holds its content uncompressed, as RFC 8878 allows (raw blocks). */
export function zstdFrame(content: string): Buffer {
  const data = Buffer.from(content);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(data.length);
  // Single segment, content size in four bytes.
  const parts: Buffer[] = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0]), size];
  const largest = 100_000;
  for (let at = 0; at === 0 || at < data.length; at += largest) {
    const block = data.subarray(at, at + largest);
    const header = Buffer.alloc(3);
    header.writeUIntLE((block.length << 3) | (at + largest >= data.length ? 1 : 0), 0, 3);
    parts.push(header, block);
  }
  return Buffer.concat(parts);
}

/** The frame as the collector's file exporter writes it: after its length, four bytes, big-endian. */
export function prefixed(frame: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(frame.length);
  return Buffer.concat([length, frame]);
}
