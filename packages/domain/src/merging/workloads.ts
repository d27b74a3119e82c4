import type { PortPart } from '@devops-mcp/contract';
import type {
  InfrastructureApi,
  InfrastructureState,
  PipelineRun,
  PipelinesApi,
  WorkloadStatus,
  WorkloadsApi,
} from '../deployments.js';
import { askAll } from './ask-parts.js';
import { joinRows, union } from './join-answers.js';

/** Workloads of all systems, those in trouble first; a name says in which system a workload runs. */
export function mergeWorkloads(parts: readonly PortPart<WorkloadsApi>[]): WorkloadsApi {
  return {
    async status(query, context) {
      const asked = await askAll(parts, context, (api) => api.status(query, context));
      const all = asked.answered
        .flatMap(({ backend, answer }) =>
          answer.data.map((one) => ({ ...one, name: `${backend}: ${one.name ?? one.service}` })),
        )
        .toSorted((a, b) => Number(isWell(a)) - Number(isWell(b)));
      return joinRows(asked, all, { limit: query.limit });
    },
    async services(query, context) {
      const asked = await askAll(parts, context, (api) => api.services(query, context));
      const all = union(asked.answered.map(({ answer }) => answer.data));
      return joinRows(asked, all, { limit: query.limit });
    },
  };
}

function isWell({ rollout, ready, desired, pods }: WorkloadStatus): boolean {
  return rollout === 'complete' && ready >= desired && pods.every(({ reason }) => reason === null);
}

/** Runs of all systems, newest first. */
export function mergePipelines(parts: readonly PortPart<PipelinesApi>[]): PipelinesApi {
  return {
    async status(query, context) {
      const asked = await askAll(parts, context, (api) => api.status(query, context));
      const all: readonly PipelineRun[] = asked.answered.flatMap(({ answer }) => answer.data);
      const newest = all.toSorted((a, b) => b.started.getTime() - a.started.getTime());
      return joinRows(asked, newest, { limit: query.limit });
    },
  };
}

/** States of all systems, each with the name of its system before that of its file. */
export function mergeInfrastructure(parts: readonly PortPart<InfrastructureApi>[]): InfrastructureApi {
  return {
    async state(query, context) {
      const asked = await askAll(parts, context, (api) => api.state(query, context));
      const all: readonly InfrastructureState[] = asked.answered.flatMap(({ backend, answer }) =>
        answer.data.map((state) => ({ ...state, file: `${backend}: ${state.file}` })),
      );
      return joinRows(asked, all);
    },
  };
}
