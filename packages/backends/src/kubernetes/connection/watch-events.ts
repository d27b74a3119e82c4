import { StringDecoder } from 'node:string_decoder';
import { type CallContext, ToolError } from '@devops-mcp/contract';
import { problemOf } from '../../http/http-errors.js';
import type { ClusterHttp } from './cluster-http.js';
import type { KubeObject, ListQuery, WatchEvent } from './kube-client.js';
import { listPages } from './list-pages.js';
import { asObject, isFields, notKubernetes } from './read-answer.js';

/** The server ends a watch after this long, and it is taken up again. */
const watchSeconds = 240;
const longestLine = 4 * 1024 * 1024;

interface Asked {
  readonly context: CallContext;
  readonly needs: string;
}

/**
 * Changes since a version, or what is there and then its changes. When the version is too old what is
 * there is given again as `MODIFIED`.
 * Source: Kubernetes API concepts, "Efficient detection of changes".
 */
export async function* watchEvents<T extends KubeObject>(
  cluster: ClusterHttp,
  path: string,
  query: ListQuery & { readonly resourceVersion?: string },
  asked: Asked,
): AsyncGenerator<WatchEvent<T>> {
  let version = query.resourceVersion;
  let type: 'ADDED' | 'MODIFIED' = 'ADDED';
  while (true) {
    if (version === undefined) {
      for await (const page of listPages<T>(cluster, path, query, asked)) {
        version = page.resourceVersion;
        for (const object of page.items) yield { type, object };
      }
      type = 'MODIFIED';
    }
    asked.context.signal.throwIfAborted();
    try {
      for await (const line of lines(cluster, path, query, version ?? '', asked)) {
        const event = readEvent<T>(line);
        if (event === 'too-old') {
          version = undefined;
          break;
        }
        version = event.object.metadata.resourceVersion ?? version;
        yield event;
      }
    } catch (error) {
      if (problemOf(error)?.status !== 410) throw error;
      version = undefined;
    }
    if (version === undefined) type = 'MODIFIED';
  }
}

async function* lines(
  cluster: ClusterHttp,
  path: string,
  { labelSelector, fieldSelector }: ListQuery,
  resourceVersion: string,
  { context, needs }: Asked,
): AsyncGenerator<string> {
  const { signal } = context;
  const query = {
    ...{ labelSelector, fieldSelector, resourceVersion, watch: true },
    ...{ allowWatchBookmarks: true, timeoutSeconds: watchSeconds },
  };
  const timeoutMs = (watchSeconds + 60) * 1000;
  const { chunks } = await cluster.read((http) =>
    http.stream({ path, query, signal, needs, timeoutMs, maxBytes: Number.MAX_SAFE_INTEGER }),
  );
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.write(chunk);
    const parts = rest.split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > longestLine)
      throw new ToolError('limit_exceeded', 'Kubernetes sent one event of more than 4 MiB.');
    yield* parts.filter((part) => part.trim() !== '');
  }
}

function readEvent<T extends KubeObject>(line: string): WatchEvent<T> | 'too-old' {
  const event = parse(line);
  const { type, object } = event;
  if (type === 'ERROR') {
    if (isFields(object) && object.code === 410) return 'too-old';
    throw notKubernetes('an error in place of a change');
  }
  if (type === 'BOOKMARK' && isFields(object) && isFields(object.metadata))
    return { type, object: asObject<T>({ ...object, metadata: { name: '', ...object.metadata } }) };
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED')
    throw notKubernetes('a change of a kind that is not known');
  return { type, object: asObject<T>(object) };
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    const event: unknown = JSON.parse(line);
    if (isFields(event)) return event;
  } catch {
    // Said below.
  }
  throw notKubernetes('a change that cannot be read');
}
