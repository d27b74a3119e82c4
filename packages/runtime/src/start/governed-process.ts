import { hostname } from 'node:os';
import type { BackendTable, ServerDefinition } from '@devops-mcp/contract';
import {
  defaultPolicyText,
  loadPolicy,
  type Policy,
  type RandomSource,
  type ServerFacts,
} from '@devops-mcp/governance';
import type { Configuration } from '../configuration/load-configuration.js';
import { type BackendBinding, bindBackends } from '../ports/backend-binding.js';
import { actionPorts, declaredPorts } from '../ports/declared-ports.js';
import { refuseProductionReach } from '../ports/write-reach.js';
import { startErrorFrom } from './start-error.js';

export interface ProcessOptions {
  readonly definition: ServerDefinition;
  readonly backends: BackendTable;
  readonly manifest: { readonly version: string };
  readonly configuration: Configuration;
  readonly clock: () => Date;
  readonly random: RandomSource;
  readonly warn: (message: string) => void;
  readonly variables: NodeJS.ProcessEnv;
}

/** What was checked at the start; `openProcess` opens the rest at the first call. */
export interface PreparedProcess extends ProcessOptions {
  readonly facts: ServerFacts;
  readonly policy: Policy;
  readonly bindings: readonly BackendBinding[];
}

/**
 * Checks what must stop a start: policy, settings of backends, credentials that reach too far.
 * Rejects with a StartError.
 */
export async function prepareProcess(options: ProcessOptions): Promise<PreparedProcess> {
  const { definition, configuration, backends, variables } = options;
  const policy = policyOf(options);
  const bindings = await bindBackends(configuration, declaredPorts(definition), backends, variables);
  if (configuration.role === 'server') {
    await refuseProductionReach(bindings, actionPorts(definition), options);
  }
  return { ...options, facts: serverFacts(options), policy, bindings };
}

function serverFacts({ definition, configuration, manifest }: ProcessOptions): ServerFacts {
  const registered = configuration.servers[definition.name];
  return {
    name: definition.name,
    version: manifest.version,
    host: hostname(),
    owner: registered?.owner ?? definition.owner,
    killSwitchOwner: registered?.killSwitchOwner ?? definition.onCall,
  };
}

/** Rules for servers outside the suite are notices for who administers the policy, not for each start. */
function policyOf({ configuration, definition }: ProcessOptions): Policy {
  const { tools, actions, resources, prompts, name } = definition;
  const known = [...tools, ...actions, ...resources, ...prompts].map((each) => each.name);
  const own = configuration.policy === null ? { text: defaultPolicyText } : {};
  try {
    return loadPolicy({
      ...{ path: configuration.policy ?? 'the default policy', ...own },
      knownServers: [...new Set([name, ...Object.keys(configuration.servers)])],
      knownTools: { [name]: known },
    });
  } catch (cause) {
    throw startErrorFrom(cause, 'The policy cannot be read.');
  }
}
