import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { cut } from './play-fault.js';

/** Hands a request on to the target and its answer back, headers and status as they are, or cuts the connection then. */
export function handOn(
  target: URL,
  { request, body }: { readonly request: IncomingMessage; readonly body: string },
  response: ServerResponse,
  how: 'answer' | 'lose-answer',
): void {
  const { host: _, connection: __, 'transfer-encoding': ___, ...headers } = request.headers;
  const onward = http.request(target, {
    // As it came: resolved against the target, a path that begins with two slashes would name another host.
    ...{ path: request.url, method: request.method, agent: false },
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
  });
  onward.once('response', (answer) => {
    if (how === 'lose-answer') {
      answer.resume();
      answer.once('end', () => cut(response.socket));
      return;
    }
    const { connection: ____, 'keep-alive': _____, ...given } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, given);
    // A client that hangs up ends the request to the target too, and the other way round.
    pipeline(answer, response, () => undefined);
  });
  onward.once('error', () => response.destroy());
  response.once('close', () => onward.destroy());
  onward.end(body);
}
