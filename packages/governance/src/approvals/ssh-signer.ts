import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { ToolError } from '@devops-mcp/contract';
import { fingerprint } from './ssh-keys.js';
import { armor, signedData, sshReader, sshString } from './ssh-wire.js';

/** Makes armoured SSH signatures. */
export interface SshSigner {
  readonly fingerprint: string;
  /** `<type> <base64>`, as in `allowed_signers`. */
  readonly publicKey: string;
  sign(namespace: string, message: string): string;
}

const begin = '-----BEGIN OPENSSH PRIVATE KEY-----';
const end = '-----END OPENSSH PRIVATE KEY-----';
const magic = 'openssh-key-v1\0';

/**
 * A signer over an unencrypted Ed25519 key in OpenSSH's own format (PROTOCOL.key). Such keys count
 * for non-production environments only.
 * @throws ToolError `invalid_input` for any other key.
 */
export function createSshSigner(opensshPrivateKey: string): SshSigner {
  try {
    return signerOf(ed25519PrivateKey(opensshPrivateKey));
  } catch (cause) {
    if (cause instanceof ToolError) throw cause;
    const problem = cause instanceof RangeError ? cause.message : 'is malformed';
    throw new ToolError('invalid_input', `The private key ${problem}.`, {
      hint: 'Give an unencrypted `ssh-ed25519` key, or sign with your security key by `ssh-keygen -Y sign`.',
      cause,
    });
  }
}

interface PlainKey {
  readonly blob: Buffer;
  readonly key: KeyObject;
}

function ed25519PrivateKey(text: string): PlainKey {
  const body = text.trim();
  if (!body.startsWith(begin) || !body.endsWith(end)) throw new RangeError('is not in the OpenSSH format');
  const reader = sshReader(Buffer.from(body.slice(begin.length, -end.length), 'base64'));
  if (reader.raw(magic.length).toString('latin1') !== magic)
    throw new RangeError('is not in the OpenSSH format');
  const cipher = reader.text();
  reader.text();
  reader.bytes();
  if (cipher !== 'none') throw new RangeError('is encrypted');
  if (reader.uint32() !== 1) throw new RangeError('file holds more than one key');
  const blob = reader.bytes();
  const secret = sshReader(reader.bytes());
  const [check, again] = [secret.uint32(), secret.uint32()];
  if (check !== again) throw new RangeError('has a wrong check value');
  if (secret.text() !== 'ssh-ed25519') throw new RangeError('is not of the type ssh-ed25519');
  const point = secret.bytes();
  const seed = secret.bytes().subarray(0, 32);
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url'), d: seed.toString('base64url') };
  return { blob, key: createPrivateKey({ format: 'jwk', key: jwk }) };
}

function signerOf({ blob, key }: PlainKey): SshSigner {
  return {
    fingerprint: fingerprint(blob),
    publicKey: `ssh-ed25519 ${blob.toString('base64')}`,
    sign: (namespace, message) => {
      const hash = createHash('sha512').update(message, 'utf8').digest();
      const signature = sign(null, signedData(namespace, 'sha512', hash), key);
      return armor({
        publicKey: blob,
        namespace,
        hashAlgorithm: 'sha512',
        signature: Buffer.concat([sshString('ssh-ed25519'), sshString(signature)]),
      });
    },
  };
}
