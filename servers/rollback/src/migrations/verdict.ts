/** What a migration means for running the older version again, from harmless to worst. */
export const verdicts = ['safe', 'needs_down_migration', 'unknown', 'irreversible'] as const;
export type Verdict = (typeof verdicts)[number];

export interface StatementVerdict {
  readonly verdict: Verdict;
  /** Slug of the rule that decided; the rules are listed in `rules.ts`. */
  readonly rule: string;
  readonly reason: string;
  /** The statement as it stands in the file, shortened. */
  readonly statement: string;
}

export interface MigrationVerdict {
  readonly path: string;
  readonly tool: string;
  readonly verdict: Verdict;
  readonly statements: readonly StatementVerdict[];
  /** True when the tool carries an undo script for this file. */
  readonly hasDownMigration: boolean;
}

/** The worst of several; no migrations at all are safe. */
export function worstVerdict(found: readonly Verdict[]): Verdict {
  return verdicts[Math.max(0, ...found.map((verdict) => verdicts.indexOf(verdict)))] ?? 'unknown';
}
