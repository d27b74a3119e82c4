import type { CatalogFile } from './read-files.js';

export type ProblemCode =
  | 'unreadable'
  | 'too_large'
  | 'outside_folder'
  | 'syntax'
  | 'invalid_entity'
  | 'duplicate_name'
  | 'broken_reference'
  | 'cycle'
  | 'no_owner'
  | 'invalid_service_file';

/** Something wrong in the catalog. What it concerns is left out; everything else is loaded. */
export interface CatalogProblem {
  readonly code: ProblemCode;
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
  /** Absolute path. */
  readonly file: string;
  /** Counted from 1; 1 when the problem concerns the whole file. */
  readonly line: number;
  readonly column: number;
}

/** Where a problem lies, before its line is looked up. */
export interface Place {
  readonly file: CatalogFile;
  /** Which of the file's documents, counted from 0. */
  readonly document: number;
  readonly path: readonly (string | number)[];
}

export interface Finding {
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint: string;
  readonly place: Place;
}

export type Report = (problem: CatalogProblem | Finding) => void;

/** A problem that concerns a whole file, or a known line of it. */
export function fileProblem(
  code: ProblemCode,
  file: string,
  message: string,
  hint: string,
  at: { readonly line: number; readonly column: number } = { line: 1, column: 1 },
): CatalogProblem {
  return { code, message, hint, file, line: at.line, column: at.column };
}
