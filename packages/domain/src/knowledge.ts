import {
  type ActionOutcome,
  type ActionPlan,
  type CallContext,
  definePort,
  type JsonObject,
  type Severity,
} from '@devops-mcp/contract';
import type { Answer } from './answer.js';
import { mergeKnowledge } from './merging/knowledge.js';

export interface RunbookStep {
  readonly title: string;
  readonly text: string;
  /** Suite tools named in the step. */
  readonly tools: readonly string[];
}

export interface Runbook {
  readonly id: string;
  readonly title: string;
  readonly services: readonly string[];
  readonly alerts: readonly string[];
  readonly tags: readonly string[];
  readonly reviewed: Date | null;
  readonly body: string;
  readonly steps: readonly RunbookStep[];
}

export interface Incident {
  readonly id: string;
  readonly title: string;
  readonly status: 'open' | 'mitigated' | 'resolved';
  readonly severity: Severity;
  /** Null when the record names none. */
  readonly environment?: string | null;
  readonly services: readonly string[];
  readonly alerts: readonly string[];
  readonly kind: string | null;
  readonly started: Date;
  readonly detected: Date | null;
  readonly acknowledged: Date | null;
  readonly resolved: Date | null;
  readonly resolution: string | null;
  readonly body: string;
  /** Human actions and pages recorded in the incident itself. */
  readonly timeline: readonly { readonly time: Date; readonly who: string; readonly text: string }[];
}

export interface NewIncident {
  readonly title: string;
  readonly severity: Severity;
  readonly environment: string;
  readonly services: readonly string[];
  readonly alerts: readonly string[];
  readonly summary: string;
  /** When the trouble began; without it, when the record is made. */
  readonly started?: Date;
}

export interface KnowledgeApi {
  runbooks(context: CallContext): Promise<Answer<readonly Runbook[]>>;
  incidents(context: CallContext): Promise<Answer<readonly Incident[]>>;
  planIncident(
    query: NewIncident,
    context: CallContext,
  ): Promise<Pick<ActionPlan<JsonObject>, 'change' | 'observed' | 'summary' | 'diff' | 'warnings'>>;
}

export interface KnowledgeWriteApi {
  /** Idempotent by key. Rejects with `conflict` when the planned id was taken meanwhile. */
  applyChange(
    command: { readonly change: JsonObject; readonly idempotencyKey: string; readonly by: string },
    context: CallContext,
  ): Promise<ActionOutcome>;
}

export const knowledgePort = definePort<KnowledgeApi, KnowledgeWriteApi>()(
  'knowledge',
  'Runbooks and past incidents',
  mergeKnowledge,
);
