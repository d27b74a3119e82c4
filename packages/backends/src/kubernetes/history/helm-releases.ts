import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { CallContext } from '@devops-mcp/contract';
import { z } from 'zod';
import type { KubeClient } from '../connection/kube-client.js';
import { isFields } from '../connection/read-answer.js';
import { readPages } from '../model/read-objects.js';
import type { FoundWorkload } from '../services/find-workloads.js';
import { date } from '../workloads/pod-health.js';

/** One revision of a release. Of its values only the names of keys are kept. */
export interface HelmRelease {
  readonly name: string;
  readonly namespace: string;
  readonly version: number;
  readonly status: string;
  readonly chart: string;
  readonly chartVersion: string;
  readonly appVersion: string;
  readonly deployed: Date;
  /** Key paths of values to a digest-free mark of their kind; never a value. */
  readonly keys: readonly string[];
}

/** A secret may be 1 MiB. */
const pageSize = 4;
const mostReleases = 20;
const largestRelease = 16 * 1024 * 1024;
const mostKeys = 500;
const unzip = promisify(gunzip);

const secret = z.object({ data: z.object({ release: z.string() }).nullish() });
const release = z.object({
  name: z.string(),
  namespace: z.string().default(''),
  version: z.number(),
  info: z.object({ status: z.string().default('unknown'), last_deployed: z.string().nullish() }),
  chart: z
    .object({
      metadata: z
        .object({
          name: z.string().default(''),
          version: z.string().default(''),
          appVersion: z.string().default(''),
        })
        .nullish(),
    })
    .nullish(),
  config: z.unknown().optional(),
});

/**
 * Releases of the chart that made a workload, oldest first; none when Helm did not make it.
 * Source of the form: Helm's storage driver (pkg/storage/driver/secrets.go, util.go): base64 of gzip of
 * JSON, and the API's own base64 around it.
 */
export async function helmReleases(
  client: KubeClient,
  { object }: FoundWorkload,
  context: CallContext,
): Promise<readonly HelmRelease[]> {
  const { annotations, namespace } = object.metadata;
  const name = annotations?.['meta.helm.sh/release-name'];
  const place = annotations?.['meta.helm.sh/release-namespace'] ?? namespace;
  if (name === undefined || !/^[a-z0-9][a-z0-9.-]{0,52}$/.test(name)) return [];
  const path = `/api/v1/namespaces/${place}/secrets`;
  const query = {
    fieldSelector: 'type=helm.sh/release.v1',
    labelSelector: `owner=helm,name=${name}`,
    pageSize,
  };
  const releases: HelmRelease[] = [];
  for await (const page of readPages(client, path, secret, query, context)) {
    for (const { data } of page) {
      const decoded = data ? await decodeRelease(data.release) : undefined;
      if (decoded) releases.push(decoded);
    }
    if (releases.length >= mostReleases) break;
  }
  return releases.toSorted((a, b) => a.version - b.version);
}

/** Undefined for what is no release. */
export async function decodeRelease(data: string): Promise<HelmRelease | undefined> {
  try {
    const packed = Buffer.from(Buffer.from(data, 'base64').toString('latin1'), 'base64');
    const text = await unzip(packed, { maxOutputLength: largestRelease });
    const { name, namespace, version, info, chart, config } = release.parse(
      JSON.parse(text.toString('utf8')),
    );
    const about = chart?.metadata;
    return {
      ...{ name, namespace, version, status: info.status },
      chart: about?.name ?? '',
      chartVersion: about?.version ?? '',
      appVersion: about?.appVersion ?? '',
      deployed: date(info.last_deployed) ?? new Date(0),
      keys: keyPaths(config, '').slice(0, mostKeys),
    };
  } catch {
    return undefined;
  }
}

function keyPaths(value: unknown, path: string): readonly string[] {
  if (!isFields(value)) return path === '' ? [] : [path];
  const entries = Object.entries(value).slice(0, mostKeys);
  if (entries.length === 0 && path !== '') return [path];
  return entries.flatMap(([key, inner]) => keyPaths(inner, path === '' ? key : `${path}.${key}`));
}
