/**
 * The SSH wire encoding (RFC 4251, section 5) as far as signatures need it. A reader throws
 * `RangeError` for anything that is shorter than it says.
 */
export interface SshReader {
  /** A length-prefixed string of bytes. */
  bytes(): Buffer;
  /** A length-prefixed string of printable ASCII. */
  text(): string;
  uint32(): number;
  byte(): number;
  raw(length: number): Buffer;
  /** Throws when bytes are left: what a verifier skips, a forger uses. */
  end(): void;
}

export function sshReader(data: Buffer): SshReader {
  let offset = 0;
  const take = (length: number): Buffer => {
    if (length > data.length - offset) throw new RangeError('shorter than its lengths say');
    const taken = data.subarray(offset, offset + length);
    offset += length;
    return taken;
  };
  const uint32 = () => take(4).readUInt32BE(0);
  return {
    raw: take,
    uint32,
    byte: () => take(1).readUInt8(0),
    bytes: () => take(uint32()),
    text: () => {
      const value = take(uint32()).toString('latin1');
      if (!/^[\x20-\x7e]*$/.test(value)) throw new RangeError('holds a name that is not printable ASCII');
      return value;
    },
    end: () => {
      if (offset !== data.length) throw new RangeError('has bytes after its end');
    },
  };
}

export function sshString(value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return Buffer.concat([sshUint32(bytes.length), bytes]);
}

export function sshUint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** The data that is signed, and the signature around it (OpenSSH PROTOCOL.sshsig). */
export interface SshSignatureBlob {
  readonly publicKey: Buffer;
  readonly namespace: string;
  readonly hashAlgorithm: string;
  /** In the format of the key's type. */
  readonly signature: Buffer;
}

const magic = Buffer.from('SSHSIG', 'ascii');
const armorBegin = '-----BEGIN SSH SIGNATURE-----';
const armorEnd = '-----END SSH SIGNATURE-----';
const armorLimit = 16_384;

/** What a key signs for a message whose hash is `messageHash`. */
export function signedData(namespace: string, hashAlgorithm: string, messageHash: Buffer): Buffer {
  return Buffer.concat([
    magic,
    sshString(namespace),
    sshString(''),
    sshString(hashAlgorithm),
    sshString(messageHash),
  ]);
}

export function armor(blob: SshSignatureBlob): string {
  const data = Buffer.concat([
    magic,
    sshUint32(1),
    sshString(blob.publicKey),
    sshString(blob.namespace),
    sshString(''),
    sshString(blob.hashAlgorithm),
    sshString(blob.signature),
  ]);
  const lines = data.toString('base64').match(/.{1,70}/g) ?? [];
  return `${[armorBegin, ...lines, armorEnd].join('\n')}\n`;
}

/** Throws `RangeError` for anything but exactly one well-formed signature. */
export function unarmor(armored: string): SshSignatureBlob {
  if (armored.length > armorLimit) throw new RangeError('is too long for a signature');
  const lines = armored.trim().split(/\r?\n/);
  if (lines.shift() !== armorBegin || lines.pop() !== armorEnd) throw new RangeError('has no SSH armour');
  const encoded = lines.join('');
  const data = Buffer.from(encoded, 'base64');
  if (data.toString('base64') !== encoded) throw new RangeError('is not base64');
  const reader = sshReader(data);
  if (!reader.raw(magic.length).equals(magic)) throw new RangeError('is not an SSH signature');
  if (reader.uint32() !== 1) throw new RangeError('has a version other than 1');
  const publicKey = reader.bytes();
  const namespace = reader.text();
  // Reserved for the format's future; its content would be signed without being understood here.
  if (reader.bytes().length > 0) throw new RangeError('uses the reserved field');
  const hashAlgorithm = reader.text();
  const signature = reader.bytes();
  reader.end();
  return { publicKey, namespace, hashAlgorithm, signature };
}
