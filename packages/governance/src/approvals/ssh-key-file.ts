import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { sshString, sshUint32 } from './ssh-wire.js';

/**
 * A new unencrypted `ssh-ed25519` key as OpenSSH writes it (PROTOCOL.key of OpenSSH): cipher and key
 * derivation `none`, one key, the private part padded to eight bytes. For sandboxes and tests; people
 * make theirs with `ssh-keygen`.
 */
export function createSshKeyFile(comment: string): string {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const point = Buffer.from(jwk.x ?? '', 'base64url');
  const seed = Buffer.from(jwk.d ?? '', 'base64url');
  const check = randomBytes(4);
  const secret = Buffer.concat([
    ...[check, check, sshString('ssh-ed25519'), sshString(point)],
    ...[sshString(Buffer.concat([seed, point])), sshString(comment)],
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const file = Buffer.concat([
    ...[Buffer.from('openssh-key-v1\0', 'latin1'), sshString('none'), sshString('none'), sshString('')],
    ...[sshUint32(1), sshString(Buffer.concat([sshString('ssh-ed25519'), sshString(point)]))],
    sshString(Buffer.concat([secret, padding])),
  ]);
  const lines = file.toString('base64').match(/.{1,70}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
