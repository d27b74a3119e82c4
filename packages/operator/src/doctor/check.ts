/** What the doctor looks at, in the order in which it is shown. */
export const areas = ['configuration', 'governance', 'servers', 'backends', 'clock', 'exposure'] as const;
export type Area = (typeof areas)[number];
export type Level = 'failure' | 'warning' | 'ok';

/** One thing that was looked at. */
export interface Check {
  readonly area: Area;
  readonly level: Level;
  readonly message: string;
  /** What to do; absent where nothing is to be done. */
  readonly fix?: string;
  /** Servers that use what was looked at, where that is a backend. */
  readonly servers?: readonly string[];
}

export interface Diagnosis {
  /** Absolute path of the configuration; null when none could be used. */
  readonly configuration: string | null;
  readonly checks: readonly Check[];
}

export function ok(area: Area, message: string): Check {
  return { area, level: 'ok', message };
}

export function warning(area: Area, message: string, fix: string): Check {
  return { area, level: 'warning', message, fix };
}

export function failure(area: Area, message: string, fix: string): Check {
  return { area, level: 'failure', message, fix };
}

export function hasFailure(checks: readonly Check[]): boolean {
  return checks.some(({ level }) => level === 'failure');
}
