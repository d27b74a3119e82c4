/** How one call ended, for the question whether the system can be reached. */
export type Outcome = 'answered' | 'unwell' | 'cancelled';

/**
 * A circuit breaker (M. Nygard, Release It!, 2007): after so many calls in a row that found the
 * system unwell, none is made for a while; then one call probes, and its outcome decides.
 */
export interface Circuit {
  /** Begins a call, whose outcome is reported to the function returned, or says for how many milliseconds none is made. */
  enter(): { readonly report: (outcome: Outcome) => void } | { readonly closedForMs: number };
}

export function circuit(failuresToOpen: number, openMs: number, now: () => number): Circuit {
  let failures = 0;
  let openUntil: number | undefined;
  let probing = false;
  const open = () => {
    openUntil = now() + openMs;
  };
  const settle = (outcome: Outcome, probe: boolean) => {
    if (probe) probing = false;
    if (outcome === 'answered') {
      failures = 0;
      openUntil = undefined;
      return;
    }
    // A cancelled call says nothing about the system: after a cancelled probe the next call probes.
    if (outcome === 'cancelled') return;
    failures += 1;
    // Calls that began before it opened and fail afterwards do not keep it open for longer.
    if (probe || (openUntil === undefined && failures >= failuresToOpen)) open();
  };
  return {
    enter: () => {
      if (openUntil === undefined) return { report: (outcome) => settle(outcome, false) };
      const left = openUntil - now();
      if (left > 0) return { closedForMs: left };
      if (probing) return { closedForMs: openMs };
      probing = true;
      return { report: (outcome) => settle(outcome, true) };
    },
  };
}
