import type { CallContext } from '@devops-mcp/contract';
import {
  estimateTokens,
  fitTokens,
  frameAnswer,
  type InfrastructureApi,
  type InfrastructurePlanChange,
  type InfrastructureState,
  knownFields,
  requireService,
  type ServicesApi,
  truncationField,
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
  {
    infrastructure,
    services,
  }: { readonly infrastructure: InfrastructureApi | undefined; readonly services: ServicesApi },
  context: CallContext,
): Promise<InfrastructureAnswer> {
  if (infrastructure === undefined)
    throw notConfigured('infrastructure', input.environment, 'such as { use: terraform, files: [...] }');
  const { service } = input;
  // Terraform knows addresses and no services: a name that is mistyped would look like one without resources.
  if (service !== undefined) await requireService({ service, catalog: services });
  const answer = await infrastructure.state(service === undefined ? {} : { service }, context);
  const changes = answer.data.flatMap((state) => changesIn(state));
  const ranked = changes.toSorted((a, b) => order.indexOf(a.change) - order.indexOf(b.change));
  const resources = input.show === 'all' ? answer.data.flatMap((state) => state.resources) : [];
  const howToGetMore = 'Name a service, or raise maxTokens.';
  const files = answer.data.map((state) => fileRow(state));
  const frame = frameAnswer(answer);
  const room = input.maxTokens - frame.tokens - estimateTokens(files);
  const fitted = fitTokens(ranked, { maxTokens: room, reserved: 0, howToGetMore, atLeast: 0 });
  const fittedResources = fitTokens(
    resources.map(({ address, provider, status }) => ({ address, provider, status })),
    { maxTokens: room - fitted.tokens, reserved: 0, howToGetMore, atLeast: 0 },
  );
  const truncation = fitted.truncation ?? fittedResources.truncation;
  return {
    data: {
      environment: input.environment,
      destroys: changes.filter(({ change }) => change === 'destroy' || change === 'replace').length,
      files,
      changes: [...fitted.rows],
      ...(input.show === 'all' ? { resources: [...fittedResources.rows] } : {}),
    },
    ...frame.fields,
    ...truncationField(truncation),
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
  return knownFields({
    file: state.file,
    terraformVersion: state.terraformVersion,
    serial: state.serial,
    resources: state.resources.length,
    drifted: Math.max(state.drift.length, count('drifted')),
    tainted: count('tainted'),
    planned: state.planned.length,
  });
}
