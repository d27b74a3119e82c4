import { generateKeyPairSync } from 'node:crypto';
import { sshString, sshUint32 } from '../../src/approvals/ssh-wire.js';

/** An unencrypted Ed25519 key as `ssh-keygen -t ed25519 -N ''` writes it (OpenSSH PROTOCOL.key). */
export function plainKey(): string {
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const point = Buffer.from(x, 'base64url');
  const blob = Buffer.concat([sshString('ssh-ed25519'), sshString(point)]);
  const pair = Buffer.concat([Buffer.from(d, 'base64url'), point]);
  const check = sshUint32(7);
  const secret = Buffer.concat([check, check, blob, sshString(pair), sshString('comment')]);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7].slice(0, (8 - (secret.length % 8)) % 8));
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0', 'latin1'),
    sshString('none'),
    sshString('none'),
    sshString(''),
    sshUint32(1),
    sshString(blob),
    sshString(Buffer.concat([secret, padding])),
  ]);
  const lines = file.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join(
    '\n',
  );
}
