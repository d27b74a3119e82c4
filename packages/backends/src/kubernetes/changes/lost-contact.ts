import { ToolError } from '@devops-mcp/contract';

/**
 * Runs what comes before the write. A failure says that nothing was changed, also to programs
 * (`details.nothingChanged`): the code alone leaves it open.
 */
export async function beforeWrite<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ToolError) || !/^(unavailable|timeout|internal)$/.test(error.code)) throw error;
    const { code, message, hint, cause } = error;
    throw new ToolError(code, `${message} Nothing was changed.`, {
      ...(hint === undefined ? {} : { hint }),
      cause: cause ?? error,
      details: { nothingChanged: true },
    });
  }
}

/** The write was sent and its answer is not known: never a code that says that nothing was done. */
export function afterWrite(cause: unknown): ToolError {
  return new ToolError('unavailable', 'Contact was lost while the change was made; it may have been made.', {
    hint: 'Look at the workload with get_workload_status before anything else is done.',
    cause,
  });
}
