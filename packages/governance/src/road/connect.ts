import { noEnvironment, type PortSet, type ReadPorts, ToolError } from '@devops-mcp/contract';
import type { Caller, PortConnector } from '../model.js';

/**
 * Ports of a call that names no environment, such as a completion. A port that exists only per
 * environment is absent there, and using it says so, instead of failing the whole call for a port
 * that may not be needed.
 */
export async function connectWithoutEnvironment<S extends PortSet>(
  connector: PortConnector,
  ports: S,
  caller: Caller,
): Promise<ReadPorts<S>> {
  const connected = {};
  for (const [name, declared] of Object.entries(ports)) {
    try {
      const one: Readonly<Record<string, unknown>> = await connector.read(
        { [name]: declared },
        noEnvironment,
        caller,
      );
      Object.defineProperty(connected, name, { value: one[name], enumerable: true });
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      const get = () => {
        throw error;
      };
      Object.defineProperty(connected, name, { get, enumerable: false });
    }
  }
  // Boundary: the loop above filled in the declared names one by one.
  return connected as ReadPorts<S>;
}
