import { createHash, verify } from 'node:crypto';
import { parsePublicKey, type SshPublicKey } from './ssh-keys.js';
import { type SshReader, signedData, sshReader, unarmor } from './ssh-wire.js';

/** What a verified signature shows. */
export interface VerifiedSignature {
  readonly publicKey: SshPublicKey;
  /** Security keys sign what the person did; other keys say nothing about it. */
  readonly userPresent: boolean;
  readonly userVerified: boolean;
  readonly counter: number | null;
}

const userPresence = 0x01;
const userVerification = 0x04;

/**
 * Verifies an armoured signature (OpenSSH PROTOCOL.sshsig; security keys: PROTOCOL.u2f).
 * Whether the key may sign is not asked here.
 * @throws RangeError saying what is wrong with it.
 */
export function verifySshSignature(armored: string, namespace: string, message: string): VerifiedSignature {
  const blob = unarmor(armored);
  if (blob.namespace !== namespace) {
    throw new RangeError(`is for the namespace ${blob.namespace.slice(0, 60)} and not for ${namespace}`);
  }
  if (blob.hashAlgorithm !== 'sha512' && blob.hashAlgorithm !== 'sha256') {
    throw new RangeError('uses a hash other than sha512 or sha256');
  }
  const publicKey = parsePublicKey(blob.publicKey);
  const hash = createHash(blob.hashAlgorithm).update(message, 'utf8').digest();
  const data = signedData(namespace, blob.hashAlgorithm, hash);
  const reader = sshReader(blob.signature);
  if (reader.text() !== publicKey.type) throw new RangeError('names another key type than its key');
  const signature = publicKey.type.includes('ecdsa') ? ecdsaSignature(reader.bytes()) : reader.bytes();
  return publicKey.type.startsWith('sk-')
    ? securityKeySignature(publicKey, data, signature, reader)
    : plainSignature(publicKey, data, signature, reader);
}

function plainSignature(
  publicKey: SshPublicKey,
  data: Buffer,
  signature: Buffer,
  reader: SshReader,
): VerifiedSignature {
  reader.end();
  mustVerify(publicKey, data, signature);
  return { publicKey, userPresent: false, userVerified: false, counter: null };
}

/** The key signs SHA-256(application), flags, counter and SHA-256 of the data. */
function securityKeySignature(
  publicKey: SshPublicKey,
  data: Buffer,
  signature: Buffer,
  reader: SshReader,
): VerifiedSignature {
  const flagsAndCounter = reader.raw(5);
  reader.end();
  const application = sha256(Buffer.from(publicKey.application ?? '', 'utf8'));
  mustVerify(publicKey, Buffer.concat([application, flagsAndCounter, sha256(data)]), signature);
  const flags = flagsAndCounter.readUInt8(0);
  return {
    publicKey,
    userPresent: (flags & userPresence) !== 0,
    userVerified: (flags & userVerification) !== 0,
    counter: flagsAndCounter.readUInt32BE(1),
  };
}

function mustVerify(publicKey: SshPublicKey, data: Buffer, signature: Buffer): void {
  const ecdsa = publicKey.type.includes('ecdsa');
  const valid = ecdsa
    ? verify('sha256', data, { key: publicKey.key, dsaEncoding: 'ieee-p1363' }, signature)
    : signature.length === 64 && verify(null, data, publicKey.key, signature);
  if (!valid) throw new RangeError('does not verify: another text or another key was signed with');
}

/** Two SSH integers r and s as the 64 bytes that the platform's verifier takes. */
function ecdsaSignature(encoded: Buffer): Buffer {
  const reader = sshReader(encoded);
  const parts = [reader.bytes(), reader.bytes()].map((integer) => {
    const significant = integer[0] === 0 ? integer.subarray(1) : integer;
    if (significant.length > 32) throw new RangeError('holds a number too large for P-256');
    return Buffer.concat([Buffer.alloc(32 - significant.length), significant]);
  });
  reader.end();
  return Buffer.concat(parts);
}

function sha256(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}
