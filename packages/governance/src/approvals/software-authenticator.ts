import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { fingerprint } from './ssh-keys.js';
import type { SshSigner } from './ssh-signer.js';
import { armor, signedData, sshString, sshUint32 } from './ssh-wire.js';

const keyType = 'sk-ssh-ed25519@openssh.com';

export interface SoftwareAuthenticator extends SshSigner {
  /** PKCS#8 PEM. Whoever has it can approve, which is why such a key is for demonstrations alone. */
  readonly privateKey: string;
  /** Sets what the signatures say that the person did. */
  signWith(
    flags: { readonly userPresent: boolean; readonly userVerified: boolean },
    namespace: string,
    message: string,
  ): string;
}

/**
 * Something that signs like a FIDO security key **and is none**: its key lies in a file, nobody
 * touches anything, and its flags say what the caller wants. It shows why a key's type proves
 * nothing, and lets demonstrations and tests make the signatures that real devices make.
 */
export function createSoftwareAuthenticator(
  options: { readonly privateKey?: string; readonly application?: string } = {},
): SoftwareAuthenticator {
  const key =
    options.privateKey === undefined
      ? generateKeyPairSync('ed25519').privateKey
      : createPrivateKey(options.privateKey);
  const application = options.application ?? 'ssh:';
  const blob = publicBlob(key, application);
  let counter = 0;
  const signWith: SoftwareAuthenticator['signWith'] = (flags, namespace, message) => {
    counter += 1;
    const said = (flags.userPresent ? 0x01 : 0) | (flags.userVerified ? 0x04 : 0);
    const tail = Buffer.concat([Buffer.from([said]), sshUint32(counter)]);
    const data = signedData(namespace, 'sha512', hash('sha512', Buffer.from(message, 'utf8')));
    const assertion = Buffer.concat([
      hash('sha256', Buffer.from(application, 'utf8')),
      tail,
      hash('sha256', data),
    ]);
    const signature = Buffer.concat([sshString(keyType), sshString(sign(null, assertion, key)), tail]);
    return armor({ publicKey: blob, namespace, hashAlgorithm: 'sha512', signature });
  };
  return {
    fingerprint: fingerprint(blob),
    publicKey: `${keyType} ${blob.toString('base64')}`,
    privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    signWith,
    sign: (namespace, message) => signWith({ userPresent: true, userVerified: true }, namespace, message),
  };
}

function publicBlob(key: KeyObject, application: string): Buffer {
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  const point = Buffer.from(x ?? '', 'base64url');
  return Buffer.concat([sshString(keyType), sshString(point), sshString(application)]);
}

function hash(algorithm: 'sha256' | 'sha512', data: Buffer): Buffer {
  return createHash(algorithm).update(data).digest();
}
