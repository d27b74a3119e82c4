import type { Lease } from '@devops-mcp/contract';

/** How long a process that was killed keeps others waiting, in milliseconds. */
export const leaseMs = 12_000;

export interface Heartbeat {
  /** True once the lease belongs to somebody else or could not be renewed in time. */
  lost(): boolean;
  stop(): void;
}

/** Renews a lease by the clock, however long single steps of the work take. */
export function heartbeat(lease: Lease): Heartbeat {
  let lost = false;
  let renewedAt = performance.now();
  const beat = async () => {
    try {
      if (!(await lease.renew())) lost = true;
      renewedAt = performance.now();
    } catch {
      // The store may be busy; the next beat tries again, and too long without one is a loss.
    }
  };
  const timer = setInterval(() => void beat(), leaseMs / 4);
  timer.unref();
  return {
    lost: () => lost || performance.now() - renewedAt > leaseMs,
    stop: () => clearInterval(timer),
  };
}
