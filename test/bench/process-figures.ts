import { readdirSync, readFileSync } from 'node:fs';

/** What the system says of a process; undefined where there is no /proc. */
export interface ProcessFigures {
  readonly residentMiB: number;
  /** The most that it ever had resident. */
  readonly peakMiB: number;
  /** Time on a processor, all threads that still live. */
  readonly processorMs: number;
}

export const noFigures = 'no /proc here: memory and processor time are left out';

export function processFigures(pid: number): ProcessFigures | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kibibytes = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
    return {
      residentMiB: kibibytes('VmRSS') / 1024,
      peakMiB: kibibytes('VmHWM') / 1024,
      processorMs: processorMs(pid),
    };
  } catch {
    return undefined;
  }
}

/** The clock of `stat` has ticks of 10 ms; the scheduler counts nanoseconds. */
function processorMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((thread) => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ', 1)[0]);
    } catch {
      // The thread ended between the listing and this look.
      return 0;
    }
  });
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}
