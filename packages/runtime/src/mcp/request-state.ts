import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createRequestStateCodec,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server';

const keyBytes = 32;
const lifetimeSeconds = 600;

export interface RequestStates {
  mint(state: unknown, context: ServerContext): Promise<string>;
  /** Rejects for text that this key did not sign, for another method or subject, and once expired. */
  verify(text: string, context: ServerContext): Promise<unknown>;
}

/**
 * Signs what a question is bound to, so that an answer counts only with a question of ours. The key
 * lies in the state folder and outlives the process, since a person may answer after a restart.
 * The states are signed and not encrypted: they hold digests and no secrets.
 */
export function createRequestStates(
  stateDir: string,
  subjectOf: (context: ServerContext) => string,
): RequestStates {
  let codec: Promise<RequestStateCodec> | undefined;
  const open = () => {
    codec ??= readKey(join(stateDir, 'keys')).then((key) =>
      createRequestStateCodec({
        key,
        ttlSeconds: lifetimeSeconds,
        bind: (context) => `${context.mcpReq.method}\0${subjectOf(context)}`,
      }),
    );
    return codec;
  };
  return {
    mint: async (state, context) => (await open()).mint(state, context),
    verify: async (text, context) => (await open()).verify(text, context),
  };
}

/** Several servers may start at once: the first whole file wins and all of them read it. */
async function readKey(folder: string): Promise<Uint8Array> {
  const file = join(folder, 'request-state.key');
  const present = await readFile(file).catch(() => undefined);
  if (present && present.length >= keyBytes) return present;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, randomBytes(keyBytes), { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
  } finally {
    await rm(draft, { force: true });
  }
  const key = await readFile(file);
  if (key.length < keyBytes) throw new Error('the request state key is too short');
  return key;
}
