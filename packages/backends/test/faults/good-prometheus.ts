import { createServer } from 'node:http';
import { closing, type GoodServer, listening } from './good-server.js';

const metric = 'http_server_request_duration_seconds';

/** The least that a Prometheus answers: one service with one histogram, whatever is asked. */
export async function goodPrometheus(): Promise<GoodServer> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: 'success', data: dataOf(url) }));
  });
  return { url: await listening(server), close: () => closing(server) };
}

function dataOf({ pathname, searchParams }: URL): unknown {
  const labels = { __name__: `${metric}_count`, service_name: 'checkout', job: 'checkout' };
  if (pathname.endsWith('/label/__name__/values'))
    return ['count', 'sum', 'bucket'].map((part) => `${metric}_${part}`);
  if (pathname.includes('/label/')) return ['checkout'];
  if (pathname.endsWith('/labels')) return [...Object.keys(labels), 'http_response_status_code', 'le'];
  if (pathname.endsWith('/query')) {
    const value = [Number(searchParams.get('time')), '2'];
    return { resultType: 'vector', result: [{ metric: labels, value }] };
  }
  if (pathname.endsWith('/query_range')) {
    const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(searchParams.get(name)));
    const values = [];
    for (let at = start ?? 0; at <= (end ?? 0); at += step ?? 60) values.push([at, '2']);
    return { resultType: 'matrix', result: [{ metric: labels, values }] };
  }
  return pathname.endsWith('/metadata') ? {} : [];
}
