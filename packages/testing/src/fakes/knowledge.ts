import { type JsonObject, ToolError } from '@devops-mcp/contract';
import type { Incident, KnowledgeApi, KnowledgeWriteApi, Runbook } from '@devops-mcp/domain';
import { applyOnce } from './apply-once.js';
import { fakeAnswer } from './fake-answer.js';

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
  const made = new Set<unknown>();
  return {
    ...applyOnce(({ id }) => {
      if (made.has(id)) throw new ToolError('conflict', 'The id was taken.');
      made.add(id);
      const name = String(id);
      return { summary: `Created ${name}`, artifactRef: `incident:${name}`, observed: {} };
    }),
    async runbooks() {
      return from(data.runbooks ?? []);
    },
    async incidents() {
      return from(data.incidents ?? []);
    },
    async planIncident({ title, started, ...rest }) {
      const highest = (data.incidents ?? []).length + made.size;
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
  };
}

function from<T>(data: T) {
  return fakeAnswer('fake-knowledge', data);
}
