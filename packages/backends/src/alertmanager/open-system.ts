import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { type BackendContext, ToolError } from '@devops-mcp/contract';
import { type HttpClient, openHttp } from '../http/http-client.js';
import type { AccessSettings, AlertmanagerConfig } from './alertmanager-config.js';

/** Opens the client of Alertmanager or of its history; `setting` is where its credential is configured. */
export async function openSystem(
  context: BackendContext<AlertmanagerConfig>,
  access: AccessSettings,
  named: { readonly system: string; readonly setting: string },
): Promise<HttpClient> {
  const [own, cert, key] = await Promise.all([
    pem(context, 'caFile', access.caFile),
    pem(context, 'certFile', access.certFile),
    pem(context, 'keyFile', access.keyFile),
  ]);
  const shared =
    own === undefined ? undefined : await pem(context, 'caFile', context.network.caFile ?? undefined);
  return openHttp({
    system: named.system,
    address: new URL(access.address),
    network: context.network,
    credentialSetting: `${named.setting} of use: alertmanager in environments.${context.environment.name}.ports`,
    headers: () => headersOf(access),
    tls: {
      // Naming an authority replaces all others, so those are named too.
      ...(own === undefined
        ? {}
        : { ca: [...rootCertificates, ...(shared === undefined ? [] : [shared]), own] }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    },
  });
}

function headersOf({ credential, scheme, tenant, tenantHeader }: AccessSettings): Record<string, string> {
  const secret = credential?.trim();
  const basic = () => `Basic ${Buffer.from(secret ?? '', 'utf8').toString('base64')}`;
  return {
    ...(secret === undefined ? {} : { authorization: scheme === 'basic' ? basic() : `Bearer ${secret}` }),
    ...(tenant === undefined ? {} : { [tenantHeader]: tenant }),
  };
}

async function pem(
  context: BackendContext<AlertmanagerConfig>,
  key: 'caFile' | 'certFile' | 'keyFile',
  path: string | undefined,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(context.resolvePath(path), 'utf8');
  } catch (cause) {
    throw new ToolError('unavailable', `The file that ${key} of use: alertmanager names cannot be read.`, {
      hint: `Check ${key}, which is relative to the folder of the configuration.`,
      cause,
    });
  }
}
