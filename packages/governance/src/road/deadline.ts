import { setMaxListeners } from 'node:events';
import { type CallContext, type ReportProgress, ToolError } from '@devops-mcp/contract';

/**
 * Runs code that may hang. The signal it receives is aborted when the caller cancels or the
 * deadline passes, and the call ends then even if the code ignores the signal.
 * @throws ToolError `timeout` for both.
 */
export async function withDeadline<T>(
  limits: { readonly timeoutMs: number; readonly cancel: AbortSignal | undefined },
  call: { readonly now: Date; readonly progress: ReportProgress },
  work: (context: CallContext) => Promise<T> | T,
): Promise<T> {
  const { timeoutMs, cancel } = limits;
  if (cancel?.aborted) throw cancelled();
  const controller = new AbortController();
  // One call may ask a backend for many things at the same time, and each of them listens.
  setMaxListeners(0, controller.signal);
  let stop: (reason: ToolError) => void = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = (reason) => {
      reject(reason);
      controller.abort(reason);
    };
  });
  // The race below may be decided first; a later rejection then has no other reader.
  stopped.catch(() => {});
  const onCancel = () => stop(cancelled());
  const timer = setTimeout(() => stop(tooSlow(timeoutMs)), timeoutMs);
  cancel?.addEventListener('abort', onCancel, { once: true });
  try {
    const working = Promise.resolve(
      work({ signal: controller.signal, progress: call.progress, now: call.now }),
    );
    working.catch(() => {});
    return await Promise.race([working, stopped]);
  } finally {
    clearTimeout(timer);
    cancel?.removeEventListener('abort', onCancel);
  }
}

function cancelled(): ToolError {
  return new ToolError('timeout', 'The caller cancelled the call.');
}

function tooSlow(timeoutMs: number): ToolError {
  return new ToolError('timeout', `No answer within ${timeoutMs / 1000} s.`, {
    hint: 'Ask for a shorter period or fewer rows, or try again later.',
    retryAfterSeconds: 5,
  });
}
