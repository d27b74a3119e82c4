/** The signals of others and a limit in time as one signal, whose reason is what has to be thrown. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  /** Milliseconds until the limit, never below 0. */
  leftMs(): number;
  /** Begins the limit anew, as between two chunks of a stream. */
  renew(): void;
  /** Nothing is limited until `renew`, as while the reader is at work. */
  pause(): void;
  /** Lets go of the other signals and the timer; may be called twice. */
  end(): void;
}

/** Throws the reason of a signal that has aborted already. */
export function timeLimit(others: readonly AbortSignal[], ms: number, late: () => Error): TimeLimit {
  for (const other of others) other.throwIfAborted();
  const controller = new AbortController();
  let at = 0;
  let timer: NodeJS.Timeout | undefined;
  const pause = () => clearTimeout(timer);
  const renew = () => {
    pause();
    at = Date.now() + ms;
    timer = setTimeout(() => controller.abort(late()), ms);
  };
  const letGo = others.map((other) => {
    const follow = () => controller.abort(other.reason);
    other.addEventListener('abort', follow, { once: true });
    return () => other.removeEventListener('abort', follow);
  });
  renew();
  return {
    signal: controller.signal,
    leftMs: () => Math.max(0, at - Date.now()),
    renew,
    pause,
    end: () => {
      pause();
      for (const release of letGo) release();
    },
  };
}

/** Settles as `promise` does, or rejects with the signal's reason as soon as it aborts. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason);
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });
}
