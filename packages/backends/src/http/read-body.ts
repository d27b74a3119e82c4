import type { OpenAnswer } from './exchange.js';
import type { HttpRequest, HttpTarget } from './http-client.js';
import { brokenAnswer, tooLarge, tooLate } from './http-errors.js';

const defaultMaxBytes = 16 * 1024 * 1024;

/** The whole body, bounded in time and bytes. */
export async function readAll(target: HttpTarget, request: HttpRequest, answer: OpenAnswer): Promise<Buffer> {
  const left = Math.max(0, answer.deadline - Date.now());
  const chunks: Buffer[] = [];
  for await (const chunk of bounded(target, request, answer, { left, renewed: false })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Chunks as they come; the time limit is the longest silence between two of them. */
export function readChunks(
  target: HttpTarget,
  request: HttpRequest,
  answer: OpenAnswer,
): AsyncIterable<Buffer> {
  return bounded(target, request, answer, { left: answer.timeoutMs, renewed: true });
}

async function* bounded(
  target: HttpTarget,
  { signal, maxBytes = defaultMaxBytes }: HttpRequest,
  { body, stop, timeoutMs }: OpenAnswer,
  time: { readonly left: number; readonly renewed: boolean },
): AsyncGenerator<Buffer> {
  let late = false;
  const end = () => {
    late = true;
    stop();
  };
  let timer = setTimeout(end, time.left);
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(target, maxBytes);
      yield chunk;
      if (time.renewed) {
        clearTimeout(timer);
        timer = setTimeout(end, time.left);
      }
    }
    if (late) throw tooLate(target, timeoutMs);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (late) throw tooLate(target, timeoutMs);
    if (bytes > maxBytes) throw error;
    throw brokenAnswer(target, 'an answer that broke off', error);
  } finally {
    clearTimeout(timer);
    stop();
  }
}
