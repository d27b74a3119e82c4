import type { ReportProgress } from '@devops-mcp/contract';
import type { ServerContext } from '@modelcontextprotocol/server';

/** Progress as notifications, when the client asked for it; the protocol wants values that grow. */
export function progressTo(context: ServerContext): ReportProgress {
  const progressToken = context.mcpReq._meta?.progressToken;
  if (progressToken === undefined) return () => {};
  let last = Number.NEGATIVE_INFINITY;
  return (progress, total, message) => {
    if (!(progress > last)) return;
    last = progress;
    const params = {
      progressToken,
      progress,
      ...(total === undefined ? {} : { total }),
      ...(message === undefined ? {} : { message: message.slice(0, 500) }),
    };
    // A client that went away needs no progress; the call itself learns of it through its signal.
    context.mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {});
  };
}
