import { defineTool, envelope, environmentName, maxTokens, optional, ToolError } from '@devops-mcp/contract';
import { fitTokens, type InfrastructurePlanChange, infrastructurePort } from '@devops-mcp/domain';
import { z } from 'zod';

const change = z.object({
  address: z.string(),
  actions: z.array(z.enum(['no-op', 'create', 'read', 'update', 'delete'])),
  replaces: z.boolean(),
  changedAttributes: z.array(z.string()),
});

export const infrastructureAnswer = envelope(
  z.object({
    /** What a plan would destroy or make anew: read these first. */
    destroys: z.array(z.string()),
    drift: z.array(change),
    planned: z.array(change),
    resources: z.array(
      z.object({
        address: z.string(),
        type: z.string(),
        provider: z.string(),
        status: z.enum(['present', 'drifted', 'tainted']),
      }),
    ),
    files: z.array(
      z.object({
        file: z.string(),
        terraformVersion: z.string().nullable(),
        serial: z.number().nullable(),
        resources: z.number(),
      }),
    ),
  }),
);

export const getInfrastructureState = defineTool({
  name: 'get_infrastructure_state',
  title: 'Infrastructure state',
  description:
    'Terraform state and plans: what exists, what has drifted, what a plan would change or destroy. Values of attributes are not shown.',
  riskTier: 1,
  ports: { infrastructure: optional(infrastructurePort) },
  input: z.strictObject({
    environment: environmentName,
    match: z.string().min(1).max(100).optional().describe('Part of a resource address'),
    maxTokens,
  }),
  output: infrastructureAnswer,
  limits: { timeoutMs: 15_000, outputBytes: 64_000 },
  target: ({ environment }) => ({ environment, services: [] }),
  async run({ input, ports, signal, progress, now }) {
    if (!ports.infrastructure) {
      throw new ToolError('unsupported', `No infrastructure state is configured for ${input.environment}.`, {
        hint: `Set environments.${input.environment}.ports.infrastructure, for example { use: terraform, files: [terraform.tfstate, plan.json] }.`,
      });
    }
    const { data, source, partial, hints } = await ports.infrastructure.state({}, { signal, progress, now });
    const wanted = <T extends { address: string }>(rows: readonly T[]) =>
      rows.filter(({ address }) => input.match === undefined || address.includes(input.match));
    const planned = wanted(data.flatMap((state) => state.planned)).filter(({ actions }) =>
      actions.some((action) => action !== 'no-op' && action !== 'read'),
    );
    const resources = fitTokens(wanted(data.flatMap((state) => state.resources)), {
      maxTokens: Math.ceil(input.maxTokens / 2),
      rank: (a, b) =>
        Number(a.status === 'present') - Number(b.status === 'present') || (a.address < b.address ? -1 : 1),
      howToGetMore: 'Raise maxTokens or give a part of the address in match.',
    });
    return {
      data: {
        destroys: planned
          .filter(({ actions, replaces }) => replaces || actions.includes('delete'))
          .map(({ address }) => address),
        drift: wanted(data.flatMap((state) => state.drift))
          .slice(0, 50)
          .map(shown),
        planned: planned.slice(0, 50).map(shown),
        resources: resources.rows.map((row) => ({ ...row })),
        files: data.map((state) => ({
          file: state.file,
          terraformVersion: state.terraformVersion,
          serial: state.serial,
          resources: state.resources.length,
        })),
      },
      source,
      ...(resources.truncation ? { truncation: resources.truncation } : {}),
      ...(partial ? { partial: [...partial] } : {}),
      ...(hints ? { hints: [...hints] } : {}),
    };
  },
  render: ({ data, truncation, partial }) =>
    [
      ...data.files.map(
        ({ file, resources, serial }) =>
          `${file}: ${resources} resources${serial === null ? '' : `, serial ${serial}`}`,
      ),
      data.destroys.length === 0 ? 'No plan here destroys anything.' : `DESTROYS ${data.destroys.join(', ')}`,
      ...data.planned.map(
        (row) =>
          `plan   ${row.address}: ${row.replaces ? 'replace' : row.actions.join('+')} (${row.changedAttributes.join(', ') || 'no attributes named'})`,
      ),
      ...data.drift.map(
        (row) => `drift  ${row.address}: ${row.changedAttributes.join(', ') || row.actions.join('+')}`,
      ),
      ...data.resources.map((row) => `${row.status.padEnd(8)} ${row.address}`),
      ...(truncation?.more
        ? [
            `${truncation.returned} of ${truncation.total ?? 'more'} resources shown. ${truncation.howToGetMore}`,
          ]
        : []),
      ...(partial ?? []).map(({ backend, reason }) => `Not read: ${backend}: ${reason}`),
    ].join('\n'),
});

function shown({
  address,
  actions,
  replaces,
  changedAttributes,
}: InfrastructurePlanChange): z.output<typeof change> {
  return { address, actions: [...actions], replaces, changedAttributes: changedAttributes.slice(0, 20) };
}
