import type { ActionOutcome, JsonObject } from '@devops-mcp/contract';

interface Command {
  readonly change: JsonObject;
  readonly idempotencyKey: string;
}

export interface AppliedOnce {
  /** Everything that was applied, in order. */
  readonly applied: readonly JsonObject[];
  readonly applyChange: (command: Command) => Promise<ActionOutcome>;
}

/**
 * The write side of a fake: a key that was seen gives the same outcome again, as every backend must.
 * `apply` rejects, or makes the change and names what it made; it gets the place of the change.
 */
export function applyOnce(
  apply: (change: JsonObject, place: number) => Pick<ActionOutcome, 'summary' | 'artifactRef' | 'observed'>,
): AppliedOnce {
  const applied: JsonObject[] = [];
  const done = new Map<string, ActionOutcome>();
  return {
    applied,
    async applyChange({ change, idempotencyKey }) {
      const earlier = done.get(idempotencyKey);
      if (earlier) return earlier;
      const outcome = { ...apply(change, applied.length + 1), verified: true };
      applied.push(change);
      done.set(idempotencyKey, outcome);
      return outcome;
    },
  };
}
