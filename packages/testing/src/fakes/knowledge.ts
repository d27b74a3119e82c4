import { type ActionOutcome, type JsonObject, ToolError } from '@devops-mcp/contract';
import type { Answer, Incident, KnowledgeApi, KnowledgeWriteApi, Runbook } from '@devops-mcp/domain';

export interface FakeKnowledgeData {
  readonly runbooks?: readonly Runbook[];
  readonly incidents?: readonly Incident[];
}

export interface FakeKnowledge extends KnowledgeApi, KnowledgeWriteApi {
  /** Everything that was applied, in order. */
  readonly applied: readonly JsonObject[];
}

/** Runbooks and incidents in memory; applying a change records it and nothing else. */
export function fakeKnowledge(data: FakeKnowledgeData): FakeKnowledge {
  const applied: JsonObject[] = [];
  const done = new Map<string, ActionOutcome>();
  return {
    applied,
    async runbooks() {
      return from(data.runbooks ?? []);
    },
    async incidents() {
      return from(data.incidents ?? []);
    },
    async planIncident({ title, started, ...rest }) {
      const highest = (data.incidents ?? []).length + applied.length;
      const id = `INC-${highest + 1}`;
      const change: JsonObject = {
        ...rest,
        services: [...rest.services],
        alerts: [...rest.alerts],
        id,
        title,
        started: started?.toISOString() ?? null,
      };
      return { change, observed: { highest }, summary: `Create ${id}: ${title}`, diff: `+${title}` };
    },
    async applyChange({ change, idempotencyKey }) {
      const earlier = done.get(idempotencyKey);
      if (earlier) return earlier;
      if (applied.some(({ id }) => id === change.id)) throw new ToolError('conflict', 'The id was taken.');
      applied.push(change);
      const outcome = {
        summary: `Created ${String(change.id)}`,
        artifactRef: `incident:${String(change.id)}`,
        observed: {},
        verified: true,
      };
      done.set(idempotencyKey, outcome);
      return outcome;
    },
  };
}

function from<T>(data: T): Answer<T> {
  return { data, source: { backend: 'fake-knowledge' } };
}
