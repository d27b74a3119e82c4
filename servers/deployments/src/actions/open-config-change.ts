import { defineAction, environmentName, serviceName, ToolError } from '@devops-mcp/contract';
import { askDeployments, countChangedFiles, deploymentsPort, servicesPort } from '@devops-mcp/domain';
import { z } from 'zod';

const assignment = z.string().min(2).max(2_000);

const reversal = { kind: 'reversible', how: 'Delete the branch; nothing follows it.' } as const;

export const openConfigChange = defineAction({
  name: 'open_config_change',
  title: 'Open a configuration change',
  description:
    'Makes a branch in the GitOps repository that sets configuration keys or flags of a service, for people to review and merge. Changes nothing that runs. No secrets.',
  riskTier: 2,
  ports: { deployments: deploymentsPort, services: servicesPort },
  input: z.strictObject({
    environment: environmentName,
    service: serviceName,
    set: z.array(assignment).min(1).max(20).describe('KEY=value'),
    title: z.string().min(3).max(120),
  }),
  limits: { timeoutMs: 60_000, outputBytes: 48_000 },
  environments: ['production', 'staging', 'development'],
  blastRadius: { filesChanged: 20, services: 1 },
  reversal,
  resolve: ({ input }) => ({ environment: input.environment, services: [input.service] }),
  async plan({ input, ports, signal, progress, now }) {
    const { service, title } = input;
    const context = { signal, progress, now };
    const set = readAssignments(input.set);
    const { plan } = await askDeployments(service, ports, context, (api) =>
      api.planConfigChange({ service, set, title }, context),
    );
    return {
      ...plan,
      blastRadius: { filesChanged: countChangedFiles(plan.diff), services: 1 },
      reversal,
    };
  },
  apply: ({ plan, ports, idempotencyKey, reason, signal, progress, now }) =>
    ports.deployments.applyChange(
      { change: plan.change, idempotencyKey, message: reason },
      { signal, progress, now },
    ),
});

function readAssignments(list: readonly string[]): Record<string, string> {
  const pairs = list.map((text) => {
    const split = text.indexOf('=');
    if (split < 1)
      throw new ToolError('invalid_input', `"${text.slice(0, 40)}" is not of the form KEY=value.`, {
        hint: 'Write each entry of set as KEY=value.',
      });
    return [text.slice(0, split), text.slice(split + 1)] as const;
  });
  if (new Set(pairs.map(([key]) => key)).size < pairs.length)
    throw new ToolError('invalid_input', 'A key is set twice.', { hint: 'Give every key once.' });
  return Object.fromEntries(pairs);
}
