import { promises as fs } from 'node:fs';

/**
 * How a file's bytes become lines. Told from its first bytes and not from its name, because the
 * collector's file exporter keeps the configured name whatever its `compression` is.
 * `zstd-frames`: each frame prefixed by its length, four bytes, big-endian, as that exporter writes
 * them; `zstd`: an ordinary zstd file; `binary`: something else, such as OTLP protobuf.
 */
export type Encoding = 'plain' | 'gzip' | 'zstd-frames' | 'zstd' | 'binary';

const zstdMagic = 0x28b52ffd;

export async function encodingOf(path: string): Promise<Encoding> {
  const handle = await fs.open(path, 'r');
  try {
    const head = Buffer.alloc(8);
    const { bytesRead } = await handle.read(head, 0, 8, 0);
    return encodingOfHead(head.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

export function encodingOfHead(head: Buffer): Encoding {
  if (head.length >= 2 && head.readUInt16BE(0) === 0x1f8b) return 'gzip';
  if (head.length >= 4 && head.readUInt32BE(0) === zstdMagic) return 'zstd';
  if (head.length >= 8 && head.readUInt32BE(4) === zstdMagic) return 'zstd-frames';
  const first = head[0];
  const textual = first === undefined || first === 0xef || first === 9 || first === 10 || first === 13;
  return textual || first >= 0x20 ? 'plain' : 'binary';
}
