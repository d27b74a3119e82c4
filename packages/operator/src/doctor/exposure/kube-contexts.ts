import path from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { type Surroundings, set } from './reach.js';
import { readSmallFile } from './read-small-file.js';

/** A context of a kubeconfig file, without anything secret. */
export interface KubeContext {
  readonly name: string;
  /** The kubeconfig file. */
  readonly file: string;
  readonly cluster: string;
  /** Address of the API server; null when the file does not give it. */
  readonly server: string | null;
  readonly user: UserKind;
  readonly current: boolean;
}

export type UserKind =
  | 'token'
  | 'token file'
  | 'exec plugin'
  | 'client certificate'
  | 'OIDC'
  | 'auth provider'
  | 'password'
  | 'none';

const mostContexts = 500;

const text = z.string().max(2_000);
const kubeconfig = z.object({
  'current-context': text.nullish().catch(null),
  contexts: z
    .array(
      z.object({
        name: text,
        context: z.object({ cluster: text.nullish(), user: text.nullish() }).nullish(),
      }),
    )
    .catch([]),
  clusters: z
    .array(z.object({ name: text, cluster: z.object({ server: text.nullish() }).nullish() }))
    .catch([]),
  users: z.array(z.object({ name: text, user: z.record(z.string(), z.unknown()).nullish() })).catch([]),
});

/** The files that `kubectl` would read: those of KUBECONFIG, else `~/.kube/config`. */
export function kubeconfigFiles({ home, variables }: Surroundings): readonly string[] {
  const listed = set(variables, 'KUBECONFIG')?.split(path.delimiter).filter(Boolean);
  return listed ?? [path.join(home, '.kube', 'config')];
}

/** Every context within reach; where two files have one of the same name the first counts, as for `kubectl`. */
export async function kubeContexts(surroundings: Surroundings): Promise<readonly KubeContext[]> {
  const read = await Promise.all(kubeconfigFiles(surroundings).map(contextsOf));
  const found = new Map<string, KubeContext>();
  for (const context of read.flat()) if (!found.has(context.name)) found.set(context.name, context);
  return [...found.values()].slice(0, mostContexts);
}

async function contextsOf(file: string): Promise<readonly KubeContext[]> {
  const content = await readSmallFile(file);
  const parsed = kubeconfig.safeParse(content === undefined ? undefined : plain(content));
  if (!parsed.success) return [];
  const { contexts, clusters, users } = parsed.data;
  return contexts.map(({ name, context }) => {
    const cluster = clusters.find((one) => one.name === context?.cluster);
    const user = users.find((one) => one.name === context?.user);
    return {
      ...{ name, file },
      cluster: context?.cluster ?? '',
      server: cluster?.cluster?.server ?? null,
      user: kindOf(user?.user ?? {}),
      current: parsed.data['current-context'] === name,
    };
  });
}

function plain(content: string): unknown {
  try {
    return parseDocument(content, { merge: false }).toJS({ maxAliasCount: 0 });
  } catch {
    return undefined;
  }
}

/** What a user of a kubeconfig brings, in the order in which clients prefer it; values are not looked at. */
function kindOf(user: Readonly<Record<string, unknown>>): UserKind {
  const has = (key: string) => user[key] !== undefined && user[key] !== null && user[key] !== '';
  if (has('exec')) return /oidc/i.test(JSON.stringify(user.exec)) ? 'OIDC' : 'exec plugin';
  if (has('auth-provider'))
    return /oidc/i.test(JSON.stringify(user['auth-provider'])) ? 'OIDC' : 'auth provider';
  if (has('token')) return 'token';
  if (has('tokenFile')) return 'token file';
  if (has('client-certificate') || has('client-certificate-data')) return 'client certificate';
  if (has('username')) return 'password';
  return 'none';
}
