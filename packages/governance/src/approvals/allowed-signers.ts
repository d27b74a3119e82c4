import { ToolError } from '@devops-mcp/contract';
import { fingerprint, keyTypes, parsePublicKey, type SshPublicKey } from './ssh-keys.js';

/** One line of an `allowed_signers` file (ssh-keygen(1), ALLOWED SIGNERS). */
export interface AllowedSigner {
  readonly principals: readonly string[];
  readonly key: SshPublicKey;
  readonly fingerprint: string;
  /** Empty: any namespace. */
  readonly namespaces: readonly string[];
  readonly validAfter: Date | null;
  readonly validBefore: Date | null;
}

/**
 * Reads the whole file or refuses it: a signer that is skipped by mistake is found by nobody.
 * @throws ToolError `invalid_input` naming the line.
 */
export function parseAllowedSigners(text: string): readonly AllowedSigner[] {
  const signers: AllowedSigner[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    try {
      signers.push(parseLine(line));
    } catch (cause) {
      const problem = cause instanceof RangeError ? cause.message : 'malformed';
      throw new ToolError('invalid_input', `allowed_signers, line ${index + 1}: ${problem}.`, {
        hint: 'A line is `principals [options] keytype base64-key`.',
        cause,
      });
    }
  }
  return signers;
}

function parseLine(line: string): AllowedSigner {
  const fields = line.match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
  const typeAt = fields.findIndex((field, index) => index > 0 && isKeyType(field));
  const [principals, encoded] = [fields[0], fields[typeAt + 1]];
  if (typeAt < 1 || typeAt > 2 || principals === undefined || encoded === undefined) {
    throw new RangeError('no key of an accepted type');
  }
  const key = parsePublicKey(Buffer.from(encoded, 'base64'));
  if (key.type !== fields[typeAt]) throw new RangeError('the key is of another type than the line says');
  const options = typeAt === 2 ? parseOptions(fields[1] ?? '') : new Map<string, string>();
  const list = unquoted(principals).split(',');
  if (list.some((principal) => principal === '' || /[*?!]/.test(principal))) {
    throw new RangeError('principals must be whole names, without patterns');
  }
  return {
    principals: list,
    key,
    fingerprint: fingerprint(key.blob),
    namespaces: options.get('namespaces')?.split(',') ?? [],
    validAfter: timeOf(options.get('valid-after')),
    validBefore: timeOf(options.get('valid-before')),
  };
}

function isKeyType(field: string): boolean {
  return keyTypes.some((type) => type === field);
}

function parseOptions(field: string): Map<string, string> {
  const options = new Map<string, string>();
  for (const option of field.match(/(?:[^,"]|"[^"]*")+/g) ?? []) {
    const [name = '', ...value] = option.split('=');
    const known = name.toLowerCase();
    // A certificate authority would let someone outside this file say who may approve.
    if (known === 'cert-authority') throw new RangeError('cert-authority is not accepted');
    if (!['namespaces', 'valid-after', 'valid-before'].includes(known)) {
      throw new RangeError(`unknown option ${known.slice(0, 40)}`);
    }
    options.set(known, unquoted(value.join('=')));
  }
  return options;
}

function unquoted(value: string): string {
  return value.replace(/^"(.*)"$/, '$1');
}

/** `YYYYMMDD[HHMM[SS]][Z]`. Without `Z` OpenSSH means local time; here every time is UTC. */
function timeOf(value: string | undefined): Date | null {
  if (value === undefined) return null;
  const parts = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?Z?$/.exec(value);
  if (parts === null) throw new RangeError('a time is written YYYYMMDD or YYYYMMDDHHMM[SS]');
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = parts;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(time.getTime())) throw new RangeError('there is no such time');
  return time;
}
