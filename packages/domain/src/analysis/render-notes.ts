import type { PartialFailure, ResolvedWindow, Source, Truncation } from '@devops-mcp/contract';
import { oneLine } from './quote-outside.js';
import { showTime } from './show-value.js';

export interface Notes {
  readonly window?: ResolvedWindow | undefined;
  readonly source: Source;
  readonly truncation?: Truncation | undefined;
  readonly partial?: readonly PartialFailure[] | undefined;
  readonly hints?: readonly string[] | undefined;
}

/** `2026-05-04 11:00:00 to 12:00:00 UTC`; the end carries its date when it is another day. */
export function renderWindow(window: ResolvedWindow | undefined): string {
  return window === undefined ? '' : `${showTime(window.start)} to ${showTime(window.end, window.start)} UTC`;
}

/**
 * The last lines of an answer: what is missing from it, what was cut, what to know, where it came from.
 * Hints and links may name things from outside, so each stays on its line.
 */
export function renderNotes(notes: Notes): string {
  const { truncation, source } = notes;
  const of = truncation?.total === undefined ? '' : ` of ${truncation.total}`;
  return [
    ...(notes.partial ?? []).map((part) => oneLine(`! ${part.backend}: ${part.reason}`)),
    ...(truncation ? [`… ${truncation.returned}${of} shown. ${truncation.howToGetMore}`] : []),
    ...(notes.hints ?? []).map((hint) => oneLine(`- ${hint}`)),
    oneLine(`Source: ${source.backend} ${source.link ?? ''}`),
  ].join('\n');
}
