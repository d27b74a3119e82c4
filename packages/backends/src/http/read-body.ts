import { ToolError } from '@devops-mcp/contract';
import { failedBody } from './connection-errors.js';
import type { OpenAnswer } from './exchange.js';
import type { HttpRequest, HttpTarget } from './http-client.js';
import { tooLarge } from './http-errors.js';
import type { TimeLimit } from './time-limit.js';

const defaultMaxBytes = 16 * 1024 * 1024;

/** The whole body within what is left of the limit. */
export async function readAll(
  target: HttpTarget,
  request: HttpRequest,
  answer: OpenAnswer,
  limit: TimeLimit,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of bounded(target, request, answer, limit)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * Chunks as they come; the limit begins anew with each and rests while the reader is at work. An answer
 * that nobody begins to read ends with the limit. `ended` is called once, however it ends.
 */
export function readChunks(
  target: HttpTarget,
  request: HttpRequest,
  answer: OpenAnswer,
  limit: TimeLimit,
  ended: () => void,
): AsyncIterable<Buffer> {
  const unread = () => {
    answer.stop();
    ended();
  };
  limit.renew();
  limit.signal.addEventListener('abort', unread, { once: true });
  return {
    async *[Symbol.asyncIterator]() {
      limit.signal.removeEventListener('abort', unread);
      try {
        for await (const chunk of bounded(target, request, answer, limit)) {
          limit.pause();
          yield chunk;
          limit.renew();
        }
      } finally {
        ended();
      }
    },
  };
}

async function* bounded(
  target: HttpTarget,
  { maxBytes = defaultMaxBytes }: HttpRequest,
  { body, stop, headers }: OpenAnswer,
  { signal }: TimeLimit,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    signal.throwIfAborted();
    // What is announced as too long, packed or not, is not even begun.
    if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge(target, maxBytes);
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(target, maxBytes);
      yield chunk;
      signal.throwIfAborted();
    }
    signal.throwIfAborted();
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof ToolError ? error : failedBody(target, error);
  } finally {
    stop();
  }
}
