import { ToolError } from '@devops-mcp/contract';
import { z } from 'zod';
import { problemOf } from '../http/http-errors.js';

const problem = z.object({ errorType: z.string().optional(), error: z.string().optional() });

/** What stores say when a query is too much for them: samples, series, chunks, points, bytes, time. */
const tooMuch =
  /too many|exceed|maximum|limit|cannot select more than|expanding series: .*max|memory|resolution/i;

/**
 * What the HTTP client cannot know: a 422 (400 in some stores) may be a limit of the store, a 503 a
 * query that took too long, a 404 an address without a query API. All other errors stay as they are.
 */
export function toolErrorOf(error: unknown): unknown {
  const found = problemOf(error);
  if (found === undefined) return error;
  const { errorType = '', error: text = found.body } = parsed(found.body);
  if (errorType === 'timeout' || (found.status === 503 && /timeout|timed out|deadline/i.test(text))) {
    return new ToolError('timeout', 'The query took longer than Prometheus allows.', {
      hint: 'Ask for a shorter period or fewer signals.',
      cause: error,
    });
  }
  if ((found.status === 422 || found.status === 400 || found.status === 413) && tooMuch.test(text)) {
    return new ToolError('limit_exceeded', 'The query is more than Prometheus is set to answer.', {
      hint: 'Ask for a shorter period, fewer signals or one service.',
      cause: error,
    });
  }
  if (found.status === 404 || found.status === 405 || found.status === 501) {
    return new ToolError('unavailable', 'There is no Prometheus query API at the configured address.', {
      hint: 'Check address of use: prometheus: it ends before /api/v1, a path prefix included.',
      cause: error,
    });
  }
  return error;
}

function parsed(body: string): z.output<typeof problem> {
  try {
    return problem.safeParse(JSON.parse(body)).data ?? {};
  } catch {
    return {};
  }
}
