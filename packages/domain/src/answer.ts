import type { PartialFailure, Source, Truncation } from '@devops-mcp/contract';

/** What every port method gives: the data, where they came from, and what is missing from them. */
export interface Answer<T> {
  readonly data: T;
  readonly source: Source;
  readonly truncation?: Truncation;
  readonly partial?: readonly PartialFailure[];
  readonly hints?: readonly string[];
}

/** A resolved time window, half open: `start` included, `end` excluded. */
export interface Window {
  readonly start: Date;
  readonly end: Date;
}
