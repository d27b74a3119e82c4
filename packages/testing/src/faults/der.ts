import { isIPv4 } from 'node:net';

/** The few DER types (X.690) that an X.509 certificate is made of. */
export const der = {
  sequence: (...parts: readonly Buffer[]) => tagged(0x30, ...parts),
  set: (...parts: readonly Buffer[]) => tagged(0x31, ...parts),
  explicit: (number: number, ...parts: readonly Buffer[]) => tagged(0xa0 + number, ...parts),
  /** An unsigned number; a zero byte keeps the sign bit clear. */
  integer: (bytes: Buffer) =>
    tagged(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.from([0]) : Buffer.alloc(0), bytes),
  yes: () => tagged(0x01, Buffer.from([0xff])),
  octets: (bytes: Buffer) => tagged(0x04, bytes),
  bits: (bytes: Buffer, unused = 0) => tagged(0x03, Buffer.from([unused]), bytes),
  text: (value: string) => tagged(0x0c, Buffer.from(value, 'utf8')),
  /** `YYMMDDHHMMSSZ`, which reaches to 2049. */
  time: (at: Date) =>
    tagged(
      0x17,
      Buffer.from(
        `${at
          .toISOString()
          .replace(/[-:T]|\.\d+/g, '')
          .slice(2)}`,
        'ascii',
      ),
    ),
  oid: (dotted: string) => tagged(0x06, objectIdentifier(dotted)),
  /** A GeneralName (RFC 5280, 4.2.1.6): an IPv4 address or a DNS name. */
  generalName: (host: string) =>
    isIPv4(host)
      ? tagged(0x87, Buffer.from(host.split('.').map(Number)))
      : tagged(0x82, Buffer.from(host, 'ascii')),
} as const;

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
}

function lengthOf(length: number): readonly number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return Buffer.from([first * 40 + second, ...rest.flatMap(base128)]);
}

function base128(value: number): readonly number[] {
  const digits = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}
