import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly parameters: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** An answer: a status with any body, or data in the API's own envelope. */
export type Answered =
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly data: unknown; readonly more?: Readonly<Record<string, unknown>> }
  | 'silence';

export interface StubStore {
  readonly address: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/** A store of ours at the HTTP level, for what a real one cannot be made to say. */
export async function stubStore(answer: (asked: Asked) => Answered | undefined): Promise<StubStore> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
      const parameters = new URLSearchParams([...url.searchParams, ...form]);
      const one = { method: request.method ?? '', path: url.pathname, parameters, headers: request.headers };
      asked.push(one);
      const given = answer(one) ?? { data: defaultOf(url.pathname) };
      if (given === 'silence') return;
      if ('status' in given) response.writeHead(given.status, given.headers ?? {}).end(given.body);
      else response.end(JSON.stringify({ status: 'success', data: given.data, ...given.more }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return {
    address: `http://127.0.0.1:${address.port}`,
    asked,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A store with one service `shop` by `service_name`, whose metrics have these names and labels. */
export function shopWith(
  names: readonly string[],
  labels: readonly string[],
  more: (asked: Asked) => Answered | undefined = () => undefined,
): (asked: Asked) => Answered | undefined {
  return (asked) => {
    const given = more(asked);
    if (given !== undefined) return given;
    const match = asked.parameters.get('match[]') ?? '';
    if (asked.path.endsWith('/label/__name__/values'))
      return { data: match === '' || match.includes('service_name="shop"') ? names : [] };
    if (asked.path.endsWith('/labels')) return { data: labels };
    return undefined;
  };
}

/** A range vector over the asked times, with a value for each. */
export function matrix(
  { parameters }: Asked,
  value: (index: number) => string | undefined,
  metric: Readonly<Record<string, string>> = {},
): Answered {
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(parameters.get(name)));
  const values: [number, string][] = [];
  for (let at = start ?? 0, index = 0; at <= (end ?? 0) + 1e-6; at += step ?? 60, index += 1) {
    const text = value(index);
    if (text !== undefined) values.push([at, text]);
  }
  return { data: { resultType: 'matrix', result: [{ metric, values }] } };
}

function defaultOf(path: string): unknown {
  if (path.includes('/query')) {
    if (path.endsWith('exemplars')) return [];
    return { resultType: path.endsWith('range') ? 'matrix' : 'vector', result: [] };
  }
  return path.endsWith('/metadata') ? {} : [];
}
