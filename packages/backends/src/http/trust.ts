import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { ToolError } from '@devops-mcp/contract';
import type { HttpTarget } from './http-client.js';

export interface Trust {
  /** For the system itself: its own authorities if it has any, else Node's and those of `network.caFile`. */
  readonly system: SecureContext;
  /** For an `https://` proxy: Node's authorities and those of `network.caFile`. */
  readonly proxy: SecureContext;
}

/** Made once for a client: to read some 150 authorities takes 40 ms, which no connection should. */
export function trustOf({ network, tls = {}, system }: HttpTarget): Trust {
  const authorities = network.caFile === null ? {} : { ca: [...rootCertificates, bundle(network.caFile)] };
  const { servername: _, rejectUnauthorized: __, ...own } = tls;
  try {
    const context = createSecureContext({ ...authorities, ...own });
    const shared = Object.keys(own).length === 0 || !network.proxy?.startsWith('https:');
    return { system: context, proxy: shared ? context : createSecureContext(authorities) };
  } catch (cause) {
    throw new ToolError('invalid_input', `The certificate or key for ${system} cannot be used.`, {
      hint: 'Check that certificate, key and passphrase belong together and are PEM.',
      cause,
    });
  }
}

/** Node takes a file without any certificate as an empty list and says nothing, so it is looked at here. */
function bundle(caFile: string): string {
  try {
    const pem = readFileSync(caFile, 'utf8');
    const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    if (found.length === 0) throw new Error('no certificate in it');
    for (const one of found) new X509Certificate(one);
    return pem;
  } catch (cause) {
    throw new ToolError('invalid_input', 'network.caFile cannot be read as PEM certificates.', {
      hint: 'Name a readable file with the certificate of the private authority, in PEM.',
      cause,
    });
  }
}
