/** Ports that belong to no environment: one setting serves all of them. */
const sharedPorts: ReadonlySet<string> = new Set(['knowledge', 'onCall']);
/** Ports that the runtime provides: no setting adds them. */
const providedPorts: ReadonlySet<string> = new Set(['services', 'actionHistory', 'planStore']);

/**
 * Where `devops-mcp.yaml` configures a port, such as `environments.production.ports.logs`; undefined
 * for a port that nobody can configure, so that no hint sends people to a setting that does not exist.
 */
export function portSetting(port: string, environment: string): string | undefined {
  if (providedPorts.has(port)) return undefined;
  return sharedPorts.has(port) ? `ports.${port}` : `environments.${environment}.ports.${port}`;
}
