import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { StartError } from '../start/start-error.js';

const commandTimeoutMs = 30_000;
const largestSecretBytes = 64_000;

/**
 * Where a secret comes from. Only values under the key `credential` are read this way; nothing else
 * in the file is expanded, so that no address can carry a secret to somewhere else.
 */
export const credentialSource = z.union([
  z.string().min(1).max(1024),
  z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/) }),
  z.strictObject({ file: z.string().min(1).max(1024) }),
  z.strictObject({ command: z.array(z.string().max(1024)).min(1).max(50) }),
]);
export type CredentialSource = z.output<typeof credentialSource>;

export interface Credential {
  readonly value: string;
  /** After this time it is read again. */
  readonly expires: Date | null;
}

const printed = z.object({
  value: z.string().min(1),
  expiresAt: z.iso.datetime({ offset: true }).optional(),
});

/** How the credential is obtained; names no secret. */
export function authTypeOf(source: CredentialSource | undefined): string {
  if (source === undefined) return 'none';
  if (typeof source === 'string') return 'environment';
  return 'env' in source ? 'environment' : 'file' in source ? 'file' : 'command';
}

/** Stops the start when a variable that the credential names is not set. `where` names the setting. */
export function checkCredential(
  source: CredentialSource,
  where: string,
  environment: NodeJS.ProcessEnv,
): void {
  for (const name of variablesOf(source)) {
    if ((environment[name] ?? '') === '') {
      throw new StartError(`${where}: the environment variable ${name} is not set.`);
    }
  }
}

/**
 * Reads the secret now. A command prints JSON, `{ "value": "...", "expiresAt": "RFC 3339" }`.
 * Throws errors without any part of the secret or of the command's output.
 */
export async function readCredential(
  source: CredentialSource,
  context: { resolvePath(path: string): string; readonly environment: NodeJS.ProcessEnv },
): Promise<Credential> {
  if (typeof source === 'string') {
    const value = source.replaceAll(variable, (_, name: string) => context.environment[name] ?? '');
    return { value, expires: null };
  }
  if ('env' in source) return { value: context.environment[source.env] ?? '', expires: null };
  if ('file' in source) {
    const text = await readFile(context.resolvePath(source.file), 'utf8');
    return { value: text.trim(), expires: null };
  }
  return fromCommand(source.command);
}

async function fromCommand(command: readonly string[]): Promise<Credential> {
  const [program = '', ...args] = command;
  const [{ execFile }, { promisify }] = await Promise.all([
    import('node:child_process'),
    import('node:util'),
  ]);
  const { stdout } = await promisify(execFile)(program, args, {
    timeout: commandTimeoutMs,
    maxBuffer: largestSecretBytes,
  });
  let document: unknown;
  try {
    document = JSON.parse(stdout);
  } catch {
    // The parser's own message would quote what the command printed.
    throw new Error(`the command ${program} did not print JSON`);
  }
  const read = printed.safeParse(document);
  if (!read.success) throw new Error(`the command ${program} did not print { "value", "expiresAt" }`);
  return {
    value: read.data.value,
    expires: read.data.expiresAt === undefined ? null : new Date(read.data.expiresAt),
  };
}

const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

function variablesOf(source: CredentialSource): readonly string[] {
  if (typeof source === 'string') return [...source.matchAll(variable)].map((match) => match[1] ?? '');
  return 'env' in source ? [source.env] : [];
}
