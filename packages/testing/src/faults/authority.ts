import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { der } from './der.js';

export interface Issued {
  /** PEM. */
  readonly certificate: string;
  /** PEM (PKCS#8). */
  readonly key: string;
}

export interface Authority {
  /** PEM, to be trusted by a client. */
  readonly certificate: string;
  /** A certificate for servers and clients, in the names and IPv4 addresses given; `expired` since yesterday. */
  issue(hosts: string | readonly string[], how?: { readonly expired?: boolean }): Issued;
}

const ecdsaWithSha256 = '1.2.840.10045.4.3.2';
const commonName = '2.5.4.3';
const dayMs = 86_400_000;

/**
 * A private certificate authority that lives as long as the process: P-256 keys, X.509 v3 (RFC 5280).
 * Nothing is written, so no key can be mistaken for a secret.
 */
export function createAuthority(name = 'Test authority'): Authority {
  const own = keyPair();
  const certify = (subject: string, holder: KeyObject, days: readonly [number, number], extra: Buffer) =>
    certificateOf({ issuer: name, subject, holder, days, extensions: extra, signer: own.privateKey });
  return {
    certificate: certify(name, own.publicKey, [-2, 2], authorityExtensions()),
    issue: (hosts, { expired = false } = {}) => {
      const names = [hosts].flat();
      const { publicKey, privateKey } = keyPair();
      const days = expired ? ([-2, -1] as const) : ([-1, 1] as const);
      return {
        certificate: certify(names[0] ?? 'nobody', publicKey, days, leafExtensions(names)),
        key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
  };
}

function keyPair() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

interface Facts {
  readonly issuer: string;
  readonly subject: string;
  readonly holder: KeyObject;
  /** Validity in days from now. */
  readonly days: readonly [from: number, to: number];
  readonly extensions: Buffer;
  readonly signer: KeyObject;
}

function certificateOf({ issuer, subject, holder, days, extensions, signer }: Facts): string {
  const algorithm = der.sequence(der.oid(ecdsaWithSha256));
  const version3 = der.explicit(0, der.integer(Buffer.from([2])));
  const [from, to] = days.map((day) => der.time(new Date(Date.now() + day * dayMs)));
  const toSign = der.sequence(
    version3,
    der.integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    nameOf(issuer),
    der.sequence(from ?? Buffer.alloc(0), to ?? Buffer.alloc(0)),
    nameOf(subject),
    holder.export({ type: 'spki', format: 'der' }),
    der.explicit(3, extensions),
  );
  const whole = der.sequence(toSign, algorithm, der.bits(sign('sha256', toSign, signer)));
  const lines = whole.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

function nameOf(name: string): Buffer {
  return der.sequence(der.set(der.sequence(der.oid(commonName), der.text(name))));
}

/** May sign certificates and nothing else. */
function authorityExtensions(): Buffer {
  return der.sequence(
    critical('2.5.29.19', der.sequence(der.yes())),
    critical('2.5.29.15', der.bits(Buffer.from([0x06]), 1)),
  );
}

function leafExtensions(hosts: readonly string[]): Buffer {
  return der.sequence(
    critical('2.5.29.19', der.sequence()),
    critical('2.5.29.15', der.bits(Buffer.from([0x80]), 7)),
    der.sequence(der.oid('2.5.29.17'), der.octets(der.sequence(...hosts.map(der.generalName)))),
  );
}

function critical(oid: string, value: Buffer): Buffer {
  return der.sequence(der.oid(oid), der.yes(), der.octets(value));
}
