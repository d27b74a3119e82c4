import { type PortSet, portOf, type ServerDefinition } from '@devops-mcp/contract';
import { changesPort } from '@devops-mcp/domain';

/**
 * Names of the ports that a server's process connects: what it declares, and `changes` where actions
 * need evidence of approved change requests.
 */
export function declaredPorts(definition: ServerDefinition): readonly string[] {
  const { tools, actions, resources, prompts } = definition;
  const sets: readonly { readonly ports: PortSet }[] = [...tools, ...actions, ...resources, ...prompts];
  const names = sets.flatMap(({ ports }) => Object.values(ports).map((port) => portOf(port).name));
  return [
    ...new Set([
      ...definition.requires.map(({ name }) => name),
      ...names,
      ...(actions.length > 0 ? [changesPort.name] : []),
    ]),
  ];
}

/** Names of the ports whose write side an action may be given. */
export function actionPorts({ actions }: ServerDefinition): readonly string[] {
  const sets: readonly { readonly ports: PortSet }[] = actions;
  return [...new Set(sets.flatMap(({ ports }) => Object.values(ports).map((port) => portOf(port).name)))];
}
