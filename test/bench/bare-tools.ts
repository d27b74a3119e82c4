// The suite's own tools on the bare SDK: the same definitions and the same backends, opened directly,
// without identity, policy, switches, limits, redaction or audit. What the road costs is the difference.
// Arguments: the configuration file, the folder for the backends' state, the tools' server.
import { alertsServer } from '@devops-mcp/alerts';
import { backends } from '@devops-mcp/backends';
import { loadCatalog } from '@devops-mcp/catalog';
import { type AnyTool, type Environment, type LeaseStore, portOf } from '@devops-mcp/contract';
import { logsServer } from '@devops-mcp/logs';
import { loadConfiguration } from '@devops-mcp/runtime';
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

type Ports = Readonly<Record<string, object | undefined>>;

const [file = '', stateDir = '', name = ''] = process.argv.slice(2);
const environment: Environment = { name: 'production', class: 'production' };
/** One process has the state folder for itself. */
const leases: LeaseStore = {
  acquire: async () => ({ renew: async () => true, release: async () => undefined }),
};

const configuration = await loadConfiguration(file);
const catalog = await loadCatalog({ paths: configuration.catalog, environments: [environment.name] });
const ofEnvironment = configuration.environments.find((each) => each.name === environment.name);
const settingsOfPorts = { ...configuration.sharedPorts, ...ofEnvironment?.ports };
const opened = new Map<string, Promise<object | undefined>>([
  ['services', Promise.resolve(catalog.services)],
]);
const server = [alertsServer, logsServer].find((each) => each.name === name);
const tools = await Promise.all(
  (server?.tools ?? []).map(async (tool) => ({ tool, ports: await portsOf(tool) })),
);

serveStdio(() => {
  const bare = new McpServer({ name: 'bare-tools', title: 'Bare tools', version: '0.1.0' });
  for (const { tool, ports } of tools) register(bare, tool, ports);
  return bare;
});
process.stdin.once('end', () => process.exit());

function register(bare: McpServer, tool: AnyTool, ports: Ports): void {
  const { title, description } = tool;
  const facts = { title, description, inputSchema: tool.input, outputSchema: tool.output };
  bare.registerTool(tool.name, facts, async (input: unknown, context) => {
    const { signal } = context.mcpReq;
    const output = await tool.run({ input, ports, signal, progress: () => undefined, now: new Date() });
    return { content: [{ type: 'text', text: tool.render(output) }], structuredContent: output };
  });
}

async function portsOf(tool: AnyTool): Promise<Ports> {
  const entries = Object.entries(tool.ports).map(async ([key, declared]) => {
    // Boundary: the erased type of a tool in a list hides that its ports are a port set.
    const port = portOf(declared as Parameters<typeof portOf>[0]).name;
    const opening = opened.get(port) ?? open(port);
    opened.set(port, opening);
    return [key, await opening] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function open(port: string): Promise<object | undefined> {
  const settings = settingsOfPorts[port];
  // The sandbox gives every port one backend.
  if (settings === undefined || !('use' in settings)) return undefined;
  const { use, ...rest } = settings;
  const backend = await backends[use]?.();
  return backend?.ports
    .find((each) => each.port.name === port)
    ?.open({
      ...{ environment, stateDir, leases, network: { proxy: null, noProxy: [], caFile: null } },
      config: backend.config.parse(rest),
      resolvePath: configuration.resolvePath,
      services: catalog.mapping,
      clock: () => new Date(),
      warn: (message) => process.stderr.write(`${message}\n`),
    });
}
