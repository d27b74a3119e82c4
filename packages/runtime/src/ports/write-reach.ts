import type { ServiceMapping } from '@devops-mcp/contract';
import type { Configuration } from '../configuration/load-configuration.js';
import { StartError } from '../start/start-error.js';
import type { BackendBinding } from './backend-binding.js';
import { prepare } from './open-port.js';

export interface ReachContext {
  readonly configuration: Configuration;
  readonly clock: () => Date;
  readonly warn: (message: string) => void;
  readonly variables: NodeJS.ProcessEnv;
}

/**
 * Refuses to start a process that a client talks to while it holds a credential with which tier 3
 * or 4 could be applied in production. What a credential can do is asked of the backend, which
 * looks at the credential; a backend that cannot tell counts as 4.
 */
export async function refuseProductionReach(
  bindings: readonly BackendBinding[],
  /** Ports that an action of this server declares: a server never opens the write side of another. */
  actionPorts: readonly string[],
  context: ReachContext,
): Promise<void> {
  const writable = bindings.filter(
    ({ port, environment, canWrite, implementation }) =>
      actionPorts.includes(port) &&
      environment.class === 'production' &&
      canWrite &&
      implementation.openWrite !== undefined,
  );
  const { configuration } = context;
  await Promise.all(
    writable.map(async (binding) => {
      const reach = await reachOf(binding, context);
      if (reach < 3) return;
      throw new StartError(
        `${configuration.file}: ${binding.where}.write could apply tier ${reach} changes in ${binding.environment.name}. ` +
          'Give this process a credential that reaches no further than tier 2, such as a fork for branches; ' +
          'an executor with a configuration of its own applies what was approved.',
      );
    }),
  );
}

const noServices: ServiceMapping = {
  telemetryName: (service) => service,
  serviceOf: (name) => name,
  setting: () => undefined,
  services: () => [],
};

async function reachOf(binding: BackendBinding, context: ReachContext): Promise<number> {
  const { implementation } = binding;
  if (!implementation.reach) return 4;
  const { configuration, clock, warn, variables } = context;
  try {
    const { prepared } = await prepare(
      binding,
      {
        stateDir: configuration.stateDir,
        resolvePath: configuration.resolvePath,
        // A credential reaches as far as it reaches, whatever services there are.
        services: noServices,
        network: configuration.network,
        leases: { acquire: async () => undefined },
        ...{ clock, warn, variables },
      },
      'write',
    );
    return await implementation.reach(prepared);
  } catch {
    return 4;
  }
}
