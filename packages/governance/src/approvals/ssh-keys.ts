import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { sshReader } from './ssh-wire.js';

export const keyTypes = [
  'ssh-ed25519',
  'sk-ssh-ed25519@openssh.com',
  'ecdsa-sha2-nistp256',
  'sk-ecdsa-sha2-nistp256@openssh.com',
] as const;
export type SshKeyType = (typeof keyTypes)[number];

/** A public key as it stands in `authorized_keys` and `allowed_signers`. */
export interface SshPublicKey {
  readonly type: SshKeyType;
  /** The encoded key, which is what signatures carry and fingerprints hash. */
  readonly blob: Buffer;
  readonly key: KeyObject;
  /** Only of security keys: the application that the key was made for. */
  readonly application: string | null;
}

/** `SHA256:` and the unpadded base64 of the hash, as `ssh-keygen -l` prints it. */
export function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** Throws `RangeError` for a key type that is not accepted, or a malformed key. */
export function parsePublicKey(blob: Buffer): SshPublicKey {
  const reader = sshReader(blob);
  const name = reader.text();
  const type = keyTypes.find((known) => known === name);
  if (type === undefined) throw new RangeError(`key type ${name.slice(0, 40)} is not accepted`);
  const ecdsa = type.includes('ecdsa');
  if (ecdsa && reader.text() !== 'nistp256') throw new RangeError('only the curve nistp256 is accepted');
  const point = reader.bytes();
  const application = type.startsWith('sk-') ? reader.text() : null;
  reader.end();
  return { type, blob, key: ecdsa ? ecdsaKey(point) : ed25519Key(point), application };
}

function ed25519Key(point: Buffer): KeyObject {
  if (point.length !== 32) throw new RangeError('an Ed25519 key has 32 bytes');
  return createPublicKey({
    format: 'jwk',
    key: { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') },
  });
}

/** Uncompressed point: 0x04, x, y (SEC 1, section 2.3.3). */
function ecdsaKey(point: Buffer): KeyObject {
  if (point.length !== 65 || point[0] !== 4)
    throw new RangeError('the key is not an uncompressed P-256 point');
  const x = point.subarray(1, 33).toString('base64url');
  const y = point.subarray(33).toString('base64url');
  try {
    return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
  } catch {
    throw new RangeError('the key is not a point of P-256');
  }
}
