import assert from 'node:assert/strict';
import { type CallContext, ToolError } from '@devops-mcp/contract';
import type { Answer } from '../answer.js';
import type { ContractCase } from './contract-case.js';

/** Where a contract writes its cases down. */
export interface CaseWriter {
  describe(name: string, body: () => void): void;
  it(name: string, run: () => Promise<void>): void;
}

/** The cases that a contract writes down, named by their headings and their own name. */
export function casesOf(write: (writer: CaseWriter) => void): readonly ContractCase[] {
  const cases: ContractCase[] = [];
  let heading = '';
  write({
    describe(name, body) {
      heading = name;
      body();
    },
    it(name, run) {
      cases.push({ name: `${heading}: ${name}`, run });
    },
  });
  return cases;
}

/** The moment at which the given worlds are looked at. */
export const worldNow = new Date('2026-03-10T12:00:00Z');

export function minutesBefore(minutes: number, from: Date = worldNow): Date {
  return new Date(from.getTime() - minutes * 60_000);
}

export function callContext(): CallContext {
  return { signal: new AbortController().signal, progress: () => undefined, now: worldNow };
}

/** Every answer names where it comes from and, as far as the backend can, the query. */
export function assertSourced(answer: Answer<unknown>): void {
  assert.notEqual(answer.source.backend, '');
  const { query } = answer.source;
  if (query !== undefined)
    assert.ok(query.length > 0 && query.length <= 4_000, 'the query is shown, and bounded');
}

/** Unknown names are answered with the closest known ones. */
export async function assertUnknownService(call: Promise<unknown>, closest: string): Promise<void> {
  await assert.rejects(call, (error: unknown) => {
    assert.ok(error instanceof ToolError);
    assert.equal(error.code, 'not_found');
    const known = error.details?.known;
    assert.ok(Array.isArray(known) && known.includes(closest), `${closest} is among the closest known names`);
    return true;
  });
}

/** "No data" is an answer, not an error, and says so. */
export function assertHinted(answer: Answer<unknown>): void {
  assert.ok((answer.hints ?? []).length > 0, 'an empty answer carries a hint');
}

export function assertClose(actual: number | null | undefined, expected: number, share: number): void {
  assert.ok(
    typeof actual === 'number' && Math.abs(actual - expected) <= Math.abs(expected) * share,
    `${actual} is within ${share * 100} % of ${expected}`,
  );
}
