import type { CallContext } from '@devops-mcp/contract';
import {
  fitTokens,
  type InfrastructureApi,
  type InfrastructurePlanChange,
  type InfrastructureState,
} from '@devops-mcp/domain';
import type { z } from 'zod';
import { notConfigured } from '../running/not-configured.js';
import type { InfrastructureAnswer, infrastructureInput } from '../tools/get-infrastructure-state.js';

type Change = InfrastructureAnswer['data']['changes'][number];

/** Most harmful first. */
const order: readonly Change['change'][] = [
  'destroy',
  'replace',
  'tainted',
  'drift',
  'update',
  'create',
  'read',
];
const mostAttributes = 12;

export async function answerInfrastructure(
  input: z.output<typeof infrastructureInput>,
  infrastructure: InfrastructureApi | undefined,
  context: CallContext,
): Promise<InfrastructureAnswer> {
  if (infrastructure === undefined)
    throw notConfigured('infrastructure', input.environment, 'such as { use: terraform, files: [...] }');
  const { service } = input;
  const answer = await infrastructure.state(service === undefined ? {} : { service }, context);
  const changes = answer.data.flatMap((state) => changesIn(state));
  const ranked = changes.toSorted((a, b) => order.indexOf(a.change) - order.indexOf(b.change));
  const resources = input.show === 'all' ? answer.data.flatMap((state) => state.resources) : [];
  const howToGetMore = 'Name a service, or raise maxTokens.';
  const fitted = fitTokens(ranked, { maxTokens: input.maxTokens, howToGetMore, atLeast: 0 });
  const left = input.maxTokens - fitted.tokens;
  const fittedResources = fitTokens(
    resources.map(({ address, provider, status }) => ({ address, provider, status })),
    { maxTokens: left, howToGetMore, atLeast: 0 },
  );
  const truncation = fitted.truncation ?? fittedResources.truncation;
  return {
    data: {
      environment: input.environment,
      destroys: changes.filter(({ change }) => change === 'destroy' || change === 'replace').length,
      files: answer.data.map((state) => fileRow(state)),
      changes: [...fitted.rows],
      ...(input.show === 'all' ? { resources: [...fittedResources.rows] } : {}),
    },
    source: answer.source,
    ...(truncation ? { truncation } : {}),
    ...(answer.partial ? { partial: [...answer.partial] } : {}),
    ...(answer.hints ? { hints: [...answer.hints] } : {}),
  };
}

function changesIn(state: InfrastructureState): readonly Change[] {
  const row = (change: InfrastructurePlanChange, kind: Change['change']): Change => ({
    address: change.address,
    change: kind,
    attributes: change.changedAttributes.slice(0, mostAttributes),
    file: state.file,
  });
  return [
    ...state.planned.map((change) => row(change, kindOf(change))),
    ...state.drift.map((change) => row(change, 'drift')),
    ...state.resources
      .filter((resource) => resource.status === 'tainted')
      .map(({ address }): Change => ({ address, change: 'tainted', attributes: [], file: state.file })),
  ];
}

function kindOf({ replaces, actions }: InfrastructurePlanChange): Change['change'] {
  if (replaces) return 'replace';
  if (actions.includes('delete')) return 'destroy';
  if (actions.includes('update')) return 'update';
  return actions.includes('create') ? 'create' : 'read';
}

function fileRow(state: InfrastructureState): InfrastructureAnswer['data']['files'][number] {
  const count = (status: string) => state.resources.filter((resource) => resource.status === status).length;
  return {
    file: state.file,
    terraformVersion: state.terraformVersion,
    serial: state.serial,
    resources: state.resources.length,
    drifted: Math.max(state.drift.length, count('drifted')),
    tainted: count('tainted'),
    planned: state.planned.length,
  };
}
