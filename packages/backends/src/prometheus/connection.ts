import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { type BackendContext, ToolError } from '@devops-mcp/contract';
import { type HttpClient, type HttpTarget, openHttp } from '../http/http-client.js';
import type { PrometheusConfig } from './prometheus-config.js';

type Context = BackendContext<PrometheusConfig>;

/** The HTTP client of one configured store. Rejects with `unavailable` when a named file cannot be read. */
export async function connect(context: Context): Promise<HttpClient> {
  const { config, network, environment } = context;
  const headers = headersOf(config);
  return openHttp({
    system: 'Prometheus',
    address: new URL(config.address),
    network,
    tls: await tlsOf(context),
    headers: () => headers,
    credentialSetting: `the credential of use: prometheus in environments.${environment.name}.ports`,
  });
}

function headersOf(config: PrometheusConfig): Readonly<Record<string, string>> {
  const { credential, scheme, tenant, tenantHeader } = config;
  const secret = credential?.trim();
  return {
    ...(secret === undefined
      ? {}
      : {
          authorization:
            scheme === 'basic' ? `Basic ${Buffer.from(secret).toString('base64')}` : `Bearer ${secret}`,
        }),
    ...(tenant === undefined ? {} : { [tenantHeader]: tenant }),
  };
}

async function tlsOf(context: Context): Promise<NonNullable<HttpTarget['tls']>> {
  const { config, network } = context;
  const read = (key: 'caFile' | 'certFile' | 'keyFile') => readPem(context, key);
  const own = await read('caFile');
  const cert = await read('certFile');
  const key = await read('keyFile');
  const shared = own !== undefined && network.caFile !== null ? [await readFile(network.caFile, 'utf8')] : [];
  return {
    // Naming an authority replaces all others, so those are named too.
    ...(own === undefined ? {} : { ca: [...rootCertificates, ...shared, own] }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(config.serverName === undefined ? {} : { servername: config.serverName }),
  };
}

async function readPem(
  context: Context,
  key: 'caFile' | 'certFile' | 'keyFile',
): Promise<string | undefined> {
  const path = context.config[key];
  if (path === undefined) return undefined;
  try {
    return await readFile(context.resolvePath(path), 'utf8');
  } catch (cause) {
    throw new ToolError('unavailable', `The file that ${key} of use: prometheus names cannot be read.`, {
      hint: `Check ${key}, which is relative to the folder of the configuration.`,
      cause,
    });
  }
}
