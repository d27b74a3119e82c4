import { ToolError } from '@devops-mcp/contract';
import { z } from 'zod';
import { problemOf } from '../http/http-errors.js';
import type { ApiNames } from './ask-api.js';

const problem = z.object({ errorType: z.string().optional(), error: z.string().optional() });

/** What stores say when a query is too much for them: samples, series, chunks, points, bytes, time. */
const tooMuch =
  /too many|exceed|maximum|limit|cannot select more than|expanding series: .*max|memory|resolution/i;

/**
 * What the HTTP client cannot know: a 422 (400 in some stores) may be a limit of the store, a 503 a
 * query that took too long, a 404 an address without a query API where `names` says how that is set.
 * All other errors stay as they are.
 */
export function toolErrorOf(error: unknown, names: ApiNames): unknown {
  const found = problemOf(error);
  if (found === undefined) return error;
  const { errorType = '', error: text = found.body } = parsed(found.body);
  if (errorType === 'timeout' || (found.status === 503 && /timeout|timed out|deadline/i.test(text))) {
    return new ToolError('timeout', `The query took longer than ${names.system} allows.`, {
      hint: names.askLess,
      cause: error,
    });
  }
  if ((found.status === 422 || found.status === 400 || found.status === 413) && tooMuch.test(text)) {
    return new ToolError('limit_exceeded', `The query is more than ${names.system} is set to answer.`, {
      hint: names.askLess,
      cause: error,
    });
  }
  const isMissing = found.status === 404 || found.status === 405 || found.status === 501;
  if (isMissing && names.addressSetting !== undefined) {
    return new ToolError('unavailable', 'There is no Prometheus query API at the configured address.', {
      hint: `Check ${names.addressSetting}: it ends before /api/v1, a path prefix included.`,
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
