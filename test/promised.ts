/** A sentence that a document promises, where it holds, and the named test that proves it. */
export interface Promised {
  /** Words that stand in the document exactly so. */
  readonly promise: string;
  readonly document: string;
  /** `local` prevents mistakes; `executor` holds against whoever owns the requester's user. */
  readonly where: 'local' | 'executor';
  readonly file: string;
  readonly test: string;
}

export type Proof = readonly [promise: string, file: string, test: string];

export function promised(
  document: string,
  where: Promised['where'],
  proofs: readonly Proof[],
): readonly Promised[] {
  return proofs.map(([promise, file, test]) => ({ promise, document, where, file, test }));
}
