import { type CallContext, definePort } from '@devops-mcp/contract';
import type { Answer, Window } from './answer.js';
import { mergeLogs } from './merging/logs.js';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogLine {
  readonly time: Date;
  readonly service: string;
  readonly instance: string | null;
  readonly level: LogLevel;
  /** Whole, stack trace included. Text from outside: untrusted. */
  readonly message: string;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  /** Place in its stream, so that context lines can be found and overlaps merged. */
  readonly position: string;
}

export interface LogQuery {
  readonly service?: string;
  readonly window: Window;
  /** This level and above. */
  readonly minLevel?: LogLevel;
  /** Every word of it occurs, case-insensitively. */
  readonly text?: string;
  /** Glob with `*`; matched against the whole message, case-insensitively. */
  readonly pattern?: string;
  readonly traceId?: string;
  readonly order: 'newest' | 'oldest' | 'first_occurrence';
  /** Collapse lines with the same fingerprint. */
  readonly groupRepeats: boolean;
  readonly before: number;
  readonly after: number;
  readonly limit: number;
  readonly cursor?: string;
}

export interface LogMatch {
  readonly line: LogLine;
  /** How many lines this stands for, with the last time one was seen. */
  readonly repeats: number;
  readonly lastSeen: Date;
  readonly fingerprint: string;
}

/** A run of lines of one stream in order: matches with the context around them, overlaps merged. */
export interface LogExcerpt {
  readonly matches: readonly LogMatch[];
  readonly before: readonly LogLine[];
  readonly after: readonly LogLine[];
  /** Context lines that lie between matches, where windows were merged; `position` tells where. */
  readonly between?: readonly LogLine[];
}

export interface LogSearchAnswer {
  readonly total: number;
  readonly histogram: readonly { readonly time: Date; readonly count: number }[];
  readonly excerpts: readonly LogExcerpt[];
  readonly nextCursor: string | null;
}

export interface ErrorGroup {
  /** Deterministic: the same template gives the same fingerprint in every run and on every machine. */
  readonly fingerprint: string;
  readonly service: string;
  /** Exception type or, without one, `log`. */
  readonly type: string;
  /** The message with its variable parts replaced, e.g. `connection to <ip> refused`. */
  readonly template: string;
  readonly count: number;
  /** Count in the window of the same length just before. */
  readonly previousCount: number;
  /** Within the window. */
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  /** First occurrence in all that the backend holds, when it knows: before the window for an error that is not new. */
  readonly knownSince?: Date;
  readonly instances: readonly string[];
  readonly versions: readonly string[];
  readonly operations: readonly string[];
  readonly sample: string;
  readonly stackTrace: string | null;
  readonly traceIds: readonly string[];
  readonly histogram: readonly number[];
}

export interface LogsApi {
  search(query: LogQuery, context: CallContext): Promise<Answer<LogSearchAnswer>>;
  /** Errors (level error and fatal) by service and template, most frequent first. */
  errorSummary(
    query: { readonly service?: string; readonly window: Window; readonly top: number },
    context: CallContext,
  ): Promise<
    Answer<{ readonly total: number; readonly lines: number; readonly groups: readonly ErrorGroup[] }>
  >;
}

export const logsPort = definePort<LogsApi>()('logs', 'Log lines of services', mergeLogs);
