import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSoftwareAuthenticator } from '../../src/approvals/software-authenticator.js';
import { createSshKeyFile } from '../../src/approvals/ssh-key-file.js';
import { verifySshSignature } from '../../src/approvals/ssh-signature.js';
import { createSshSigner } from '../../src/approvals/ssh-signer.js';
import { armor, signedData, sshString, sshUint32, unarmor } from '../../src/approvals/ssh-wire.js';

const namespace = 'devops-mcp-approval';
const message = 'approve this\n';
const plain = createSshSigner(createSshKeyFile('approver@example.com'));
const device = createSoftwareAuthenticator();

describe('SSH signatures', () => {
  it('verify for the text, namespace and key that they were made with', () => {
    expect(verifySshSignature(plain.sign(namespace, message), namespace, message)).toMatchObject({
      userPresent: false,
      publicKey: { type: 'ssh-ed25519' },
    });
    expect(verifySshSignature(device.sign(namespace, message), namespace, message)).toMatchObject({
      userPresent: true,
      userVerified: true,
      counter: 1,
    });
  });

  it.each([plain, device])('do not verify for another text or namespace', (signer) => {
    const signature = signer.sign(namespace, message);
    expect(() => verifySshSignature(signature, namespace, 'approve that\n')).toThrow('does not verify');
    expect(() => verifySshSignature(signature, 'git', message)).toThrow('is for the namespace');
    const renamed = armor({ ...unarmor(signature), namespace: 'git' });
    expect(() => verifySshSignature(renamed, 'git', message)).toThrow('does not verify');
  });

  it('do not verify under another key', () => {
    const other = createSoftwareAuthenticator();
    const swapped = armor({
      ...unarmor(device.sign(namespace, message)),
      publicKey: unarmor(other.sign(namespace, message)).publicKey,
    });
    expect(() => verifySshSignature(swapped, namespace, message)).toThrow('does not verify');
  });

  it('bind the flags: turning them on afterwards breaks the signature', () => {
    const flags = { userPresent: false, userVerified: false };
    const blob = unarmor(device.signWith(flags, namespace, message));
    expect(verifySshSignature(armor(blob), namespace, message)).toMatchObject({ userPresent: false });
    const raised = Buffer.from(blob.signature);
    raised[raised.length - 5] = 0x05;
    expect(() => verifySshSignature(armor({ ...blob, signature: raised }), namespace, message)).toThrow(
      'does not verify',
    );
  });

  it('bind the application of the key', () => {
    const key = createSoftwareAuthenticator({ application: 'ssh:work' });
    const blob = unarmor(key.sign(namespace, message));
    const renamed = Buffer.from(blob.publicKey.toString('latin1').replace('ssh:work', 'ssh:home'), 'latin1');
    expect(() => verifySshSignature(armor({ ...blob, publicKey: renamed }), namespace, message)).toThrow(
      'does not verify',
    );
  });

  it('are refused when any byte is changed, cut or added', () => {
    const blob = unarmor(plain.sign(namespace, message));
    const changed = Buffer.from(blob.signature);
    changed[40] = (changed[40] ?? 0) ^ 1;
    const variants = [
      { ...blob, signature: changed },
      { ...blob, signature: blob.signature.subarray(0, -1) },
      { ...blob, signature: Buffer.concat([blob.signature, Buffer.from([0])]) },
      { ...blob, hashAlgorithm: 'sha1' },
      { ...blob, hashAlgorithm: 'sha256' },
    ];
    for (const variant of variants) {
      expect(() => verifySshSignature(armor(variant), namespace, message)).toThrow(RangeError);
    }
    const [head, ...rest] = plain.sign(namespace, message).split('\n');
    const garbage = [
      '',
      'x',
      `${head}\n${rest.join('\n')}more`,
      `${head}\n!!!!\n${rest.at(-2)}`,
      'A'.repeat(20_000),
    ];
    for (const text of garbage)
      expect(() => verifySshSignature(text, namespace, message)).toThrow(RangeError);
  });

  it('are refused for a plain signature under a security key type', () => {
    const blob = unarmor(device.sign(namespace, message));
    const relabelled = Buffer.concat([sshString('ssh-ed25519'), sshString(Buffer.alloc(64))]);
    expect(() => verifySshSignature(armor({ ...blob, signature: relabelled }), namespace, message)).toThrow(
      'names another key type',
    );
  });

  it('verify for ECDSA keys, with and without hardware', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
    const data = signedData(namespace, 'sha512', createHash('sha512').update(message).digest());
    const encode = (raw: Buffer) =>
      sshString(
        Buffer.concat(
          [raw.subarray(0, 32), raw.subarray(32)].map((part) =>
            sshString(Buffer.concat([Buffer.from([0]), part])),
          ),
        ),
      );
    const make = (type: string, signed: Buffer, tail: Buffer, application: Buffer) => {
      const raw = sign('sha256', signed, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return armor({
        publicKey: Buffer.concat([sshString(type), sshString('nistp256'), sshString(point), application]),
        namespace,
        hashAlgorithm: 'sha512',
        signature: Buffer.concat([sshString(type), encode(raw), tail]),
      });
    };
    const ordinary = make('ecdsa-sha2-nistp256', data, Buffer.alloc(0), Buffer.alloc(0));
    expect(verifySshSignature(ordinary, namespace, message).userPresent).toBe(false);
    const hash = (value: Buffer | string) => createHash('sha256').update(value).digest();
    const tail = Buffer.concat([Buffer.from([0x05]), sshUint32(9)]);
    const signed = Buffer.concat([hash('ssh:'), tail, hash(data)]);
    const hardware = make('sk-ecdsa-sha2-nistp256@openssh.com', signed, tail, sshString('ssh:'));
    expect(verifySshSignature(hardware, namespace, message)).toMatchObject({
      userVerified: true,
      counter: 9,
    });
  });

  it('are not made with an encrypted or foreign key', () => {
    expect(() => createSshSigner('-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----')).toThrow(
      'OpenSSH format',
    );
    expect(() => createSshSigner('')).toThrow('OpenSSH format');
  });
});

const keygen = hasKeygen();
if (!keygen) console.error('ssh-keygen is not installed: its interoperability tests are skipped');

describe.skipIf(!keygen)('interoperability with ssh-keygen', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ssh-interoperability-'));
    run(['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', join(folder, 'key')]);
    run(['-q', '-t', 'ecdsa', '-b', '256', '-N', '', '-C', 'test', '-f', join(folder, 'ecdsa')]);
    run(['-q', '-t', 'ed25519', '-N', 'secret words', '-C', 'test', '-f', join(folder, 'locked')]);
    writeFileSync(join(folder, 'message'), message);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['key', 'ecdsa'])('verifies what it signs with %s', (name) => {
    run(['-q', '-Y', 'sign', '-f', join(folder, name), '-n', namespace, join(folder, 'message')]);
    const signature = readFileSync(join(folder, 'message.sig'), 'utf8');
    rmSync(join(folder, 'message.sig'));
    expect(verifySshSignature(signature, namespace, message).userPresent).toBe(false);
    expect(() => verifySshSignature(signature, namespace, `${message} `)).toThrow('does not verify');
  });

  it('accepts what we sign, the software authenticator included', () => {
    const ours = createSshSigner(readFileSync(join(folder, 'key'), 'utf8'));
    for (const signer of [ours, device]) {
      writeFileSync(join(folder, 'signers'), `approver@example.com ${signer.publicKey}\n`);
      writeFileSync(join(folder, 'ours.sig'), signer.sign(namespace, message));
      const args = [
        '-Y',
        'verify',
        '-f',
        join(folder, 'signers'),
        '-I',
        'approver@example.com',
        '-n',
        namespace,
      ];
      const said = execFileSync('ssh-keygen', [...args, '-s', join(folder, 'ours.sig')], { input: message });
      expect(said.toString()).toContain('Good');
      expect(said.toString()).toContain(signer.fingerprint);
    }
  });

  it('has keys that we refuse to read when they are encrypted', () => {
    expect(() => createSshSigner(readFileSync(join(folder, 'locked'), 'utf8'))).toThrow('is encrypted');
  });
});

function run(args: string[]): void {
  execFileSync('ssh-keygen', args, { stdio: 'ignore' });
}

function hasKeygen(): boolean {
  try {
    execFileSync('ssh-keygen', ['-?'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return (error as { code?: string }).code !== 'ENOENT';
  }
}
