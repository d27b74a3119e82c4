import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { type BackendContext, ToolError } from '@devops-mcp/contract';
import { type HttpClient, type HttpTarget, openHttp } from './http-client.js';
import type { SystemSettings } from './system-config.js';

type Context = Pick<BackendContext<unknown>, 'network' | 'environment' | 'resolvePath'>;

/** How messages call a system and its settings. */
export interface SystemNames {
  /** As in `HttpTarget`: `Prometheus`. */
  readonly system: string;
  /** The backend as the configuration names it: `prometheus`. */
  readonly use: string;
  /** Where its credential is: `write.credential`. */
  readonly credential: string;
}

/** The HTTP client of one configured system. Rejects with `unavailable` when a named file cannot be read. */
export async function openSystem(
  context: Context,
  settings: SystemSettings,
  { system, use, credential }: SystemNames,
): Promise<HttpClient> {
  const headers = headersOf(settings);
  return openHttp({
    system,
    address: new URL(settings.address),
    network: context.network,
    tls: await tlsOf(context, settings, use),
    headers: () => headers,
    credentialSetting: `${credential} of use: ${use} in environments.${context.environment.name}.ports`,
  });
}

function headersOf({
  credential,
  scheme,
  tenant,
  tenantHeader,
}: SystemSettings): Readonly<Record<string, string>> {
  const secret = credential?.trim();
  const basic = () => `Basic ${Buffer.from(secret ?? '', 'utf8').toString('base64')}`;
  return {
    ...(secret === undefined ? {} : { authorization: scheme === 'basic' ? basic() : `Bearer ${secret}` }),
    ...(tenant === undefined ? {} : { [tenantHeader]: tenant }),
  };
}

async function tlsOf(
  { network, resolvePath }: Context,
  { caFile, certFile, keyFile, serverName }: SystemSettings,
  use: string,
): Promise<NonNullable<HttpTarget['tls']>> {
  const read = async (key: string, path: string | undefined) =>
    path === undefined ? undefined : await pem(`${key} of use: ${use}`, resolvePath(path));
  const [own, cert, key] = await Promise.all([
    read('caFile', caFile),
    read('certFile', certFile),
    read('keyFile', keyFile),
  ]);
  const shared =
    own === undefined || network.caFile === null ? [] : [await pem('network.caFile', network.caFile)];
  return {
    // Naming an authority replaces all others, so those are named too.
    ...(own === undefined ? {} : { ca: [...rootCertificates, ...shared, own] }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

async function pem(setting: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const [key] = setting.split(' ');
    throw new ToolError('unavailable', `The file that ${setting} names cannot be read.`, {
      hint: `Check ${key}, which is relative to the folder of the configuration.`,
      cause,
    });
  }
}
