import type { CallToolResult } from '@modelcontextprotocol/server';

/** A red picture of one pixel (PNG, base64). */
export const onePixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';

/** A WAV file of eight silent samples (8 kHz, mono, 8 bit), base64. */
export const silence = Buffer.concat([
  Buffer.from('RIFF'),
  uint32(36 + 8),
  Buffer.from('WAVEfmt '),
  uint32(16),
  Buffer.from([1, 0, 1, 0]),
  uint32(8000),
  uint32(8000),
  Buffer.from([1, 0, 8, 0]),
  Buffer.from('data'),
  uint32(8),
  Buffer.alloc(8, 128),
]).toString('base64');

export function text(value: string): CallToolResult {
  return { content: [{ type: 'text', text: value }] };
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
