import type { PartialFailure, ResolvedWindow, Source, Truncation } from '@devops-mcp/contract';
import { estimateTokens } from './estimate-tokens.js';
import { cutText } from './quote-outside.js';

export interface FrameParts {
  readonly window?: ResolvedWindow;
  readonly source: Source;
  readonly hints?: readonly string[] | undefined;
  readonly partial?: readonly PartialFailure[] | undefined;
}

export interface AnswerFrame {
  /** What stands around `data` in an answer; lists that are empty are absent. */
  readonly fields: {
    readonly window?: ResolvedWindow;
    readonly source: Source;
    readonly partial?: PartialFailure[];
    readonly hints?: string[];
  };
  /** What the frame takes of the caller's budget, with room for a truncation. */
  readonly tokens: number;
}

/** A query in the backend's language may be long; its beginning shows which one it is. */
const queryMax = 300;
const truncationTokens = 50;
/** Braces and names that hold an answer together. */
const bracketTokens = 20;

/** The envelope of an answer and its price, so that the data can be fitted to what is left. */
export function frameAnswer({ window, source, hints = [], partial = [] }: FrameParts): AnswerFrame {
  const fields = {
    ...(window === undefined ? {} : { window }),
    source: source.query === undefined ? source : { ...source, query: cutText(source.query, queryMax) },
    ...(partial.length > 0 ? { partial: [...partial] } : {}),
    ...(hints.length > 0 ? { hints: [...hints] } : {}),
  };
  return { fields, tokens: estimateTokens(fields) + truncationTokens + bracketTokens };
}

/** As a field to spread: present only when something was left out. */
export function truncationField(truncation: Truncation | undefined): { readonly truncation?: Truncation } {
  return truncation === undefined ? {} : { truncation };
}
