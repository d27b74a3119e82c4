#!/usr/bin/env node
// Writes everything that readers are told about the servers from what the servers say of themselves.
// `--check` writes nothing and fails when a file differs from what would be written.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const check = process.argv.includes('--check');
const order = ['metrics', 'logs', 'deployments', 'alerts', 'rollback'];
const folders = readdirSync(path.join(root, 'servers')).sort((a, b) => order.indexOf(a) - order.indexOf(b));
const servers = folders.map(describe);
const different = [];

for (const description of servers) {
  const { name } = description.server;
  write(`servers/${name}/surface.lock.json`, `${JSON.stringify(surfaceLock(description), null, 2)}\n`);
  write(`servers/${name}/server.json`, `${JSON.stringify(registryEntry(description), null, 2)}\n`);
}
write('docs/tools.md', toolsPage());
write('docs/policy.md', await policyPage());
write('.github/CODEOWNERS', codeOwners());
const { readerManifest } = await built('packages/backends/dist/kubernetes/rbac-rules.js');
const { executorManifest } = await built('packages/backends/dist/kubernetes/changes/executor-rules.js');
write('docs/backends/kubernetes-reader.yaml', readerManifest());
write('docs/backends/kubernetes-executor.yaml', executorManifest());
write('README.md', replaceSection(read('README.md'), 'servers', serversTable()));

if (different.length > 0) {
  process.stderr.write(`Not as generated: ${different.join(', ')}. Run: npm run generate\n`);
  process.exit(1);
}

function built(file) {
  return import(pathToFileURL(path.join(root, file)).href);
}

function describe(folder) {
  const bin = path.join(root, 'servers', folder, 'dist/main.js');
  const result = spawnSync(process.execPath, [bin, '--describe'], { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (result.status !== 0) throw new Error(`${folder} does not describe itself: ${result.stderr}`);
  return JSON.parse(result.stdout);
}

/** What a reviewer approves: a change of a tool shows here as a readable difference. */
function surfaceLock({ server, tools }) {
  const pinned = tools.map(({ name, digest, description, riskTier }) => [
    name,
    { riskTier, digest, description },
  ]);
  return {
    server: server.name,
    version: server.version,
    tools: Object.fromEntries(pinned.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function registryEntry({ server }) {
  return {
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name: `io.github.devops-mcp/${server.name}`,
    title: server.title,
    description: server.purpose.slice(0, 100),
    version: server.version,
    packages: [
      {
        registryType: 'npm',
        identifier: server.package,
        version: server.version,
        transport: { type: 'stdio' },
        environmentVariables: [
          {
            name: 'DEVOPS_MCP_CONFIG',
            description: 'Path of devops-mcp.yaml',
            isRequired: false,
            isSecret: false,
          },
        ],
      },
    ],
  };
}

function serversTable() {
  const rows = servers.map(({ server, tools, actions, resources, prompts }) => [
    `[${server.name}](servers/${server.name})`,
    list(tools.filter(({ kind }) => kind === 'tool').map(({ name }) => name)),
    list(actions.map(({ name, riskTier }) => `${name} (${riskTier})`)) || '—',
    list([
      ...resources.map(({ uriTemplate }) => uriTemplate),
      ...prompts.map(({ name }) => `prompt ${name}`),
    ]) || '—',
    server.owner.replace('group:default/', ''),
  ]);
  return table(['server', 'reads (tier 1)', 'proposes (tier)', 'resources and prompts', 'owner'], rows);
}

function toolsPage() {
  const sections = servers.map(({ server, tools, actions, resources, prompts, ports }) => {
    const reads = tools.filter(({ kind }) => kind === 'tool');
    const parts = [
      `## ${server.title} (\`devops-mcp-${server.name}\`)`,
      server.purpose,
      `Owner ${server.owner}, on call ${server.onCall}, trust tier ${server.trustTier}, data ${server.dataSensitivity}. Needs the ports ${list(ports.required)}${ports.optional.length > 0 ? `; uses ${list(ports.optional)} where they are configured` : ''}.`,
      table(
        ['tool', 'what it answers', 'input'],
        reads.map((tool) => [`\`${tool.name}\``, tool.description, inputsOf(tool.inputSchema)]),
      ),
    ];
    if (actions.length > 0) {
      const proposed = (action) => tools.find(({ name }) => name === action.publishedAs);
      parts.push(
        table(
          ['action', 'tier', 'environments', 'hard ceilings', 'what it does', 'input'],
          actions.map((action) => [
            `\`${action.publishedAs}\``,
            String(action.riskTier),
            list(action.environments, false),
            Object.entries(action.blastRadius)
              .map(([dimension, max]) => `${dimension} ${max}`)
              .join(', '),
            proposed(action)?.description ?? '',
            inputsOf(proposed(action)?.inputSchema),
          ]),
        ),
      );
    }
    if (resources.length > 0)
      parts.push(
        table(
          ['resource', 'what it holds'],
          resources.map((one) => [`\`${one.uriTemplate}\``, one.description]),
        ),
      );
    if (prompts.length > 0)
      parts.push(
        table(
          ['prompt', 'what it guides through'],
          prompts.map((one) => [`\`${one.name}\``, one.description]),
        ),
      );
    return parts.join('\n\n');
  });
  return `# Servers and tools\n\nGenerated from the definitions by \`npm run generate\`.\n\n${sections.join('\n\n')}\n`;
}

/** What the default policy decides in every cell, floors included, by asking it. */
async function policyPage() {
  const { defaultPolicyText, loadPolicy } = await built('packages/governance/dist/index.js');
  const policy = loadPolicy({
    path: 'default policy',
    text: defaultPolicyText,
    knownServers: folders,
    knownTools: {},
  });
  const classes = ['production', 'staging', 'development', 'none'];
  const cell = (actionTier, environmentClass) => {
    const facts = {
      server: 'rollback',
      tool: 'any_tool',
      actionTier,
      environmentClass,
      environment: environmentClass,
    };
    const { effect, requirements } = policy.decide({
      ...facts,
      services: [],
      owners: [],
      transport: 'stdio',
    });
    return effect === 'deny_by_default' ? `**${effect}**` : `**${effect}**: ${requirements.join(', ')}`;
  };
  const rows = [1, 2, 3, 4].map((tier) => [String(tier), ...classes.map((name) => cell(tier, name))]);
  return `# The default policy

Generated by \`npm run generate\` from what the policy decides. It holds when the configuration names no policy of its own; a file of yours has the same form. The strictest matching rule wins, the requirements of all matching rules add up, and what no rule matches is denied. \`none\` is the environment of calls that touch none, such as runbooks.

${table(['tier', ...classes], rows)}

Floors that no file can weaken: tier 3 is never better than human approval, and in production an executor applies it; tier 4 is denied; everything is logged; tiers 3 and 4 are not served over a remote transport.

\`\`\`yaml
${defaultPolicyText.trimEnd()}
\`\`\`
`;
}

function codeOwners() {
  const team = (reference) => `@devops-mcp/${reference.replace(/^group:[^/]+\//, '')}`;
  const packages = readdirSync(path.join(root, 'packages')).sort();
  const governed = ['governance', 'contract', 'runtime'];
  const lines = [
    '# Generated from the definitions by npm run generate.',
    `* ${team('team-platform')}`,
    ...packages.map(
      (name) => `/packages/${name}/ ${team(governed.includes(name) ? 'team-governance' : 'team-platform')}`,
    ),
    ...servers.map(({ server }) => `/servers/${server.name}/ ${team(server.owner)}`),
    `/SECURITY.md ${team('team-governance')}`,
  ];
  return `${lines.join('\n')}\n`;
}

function inputsOf(schema) {
  const required = schema?.required ?? [];
  const names = Object.keys(schema?.properties ?? {});
  return (
    names
      .map((name) =>
        required.includes(name) && !('default' in schema.properties[name]) ? `**${name}**` : name,
      )
      .join(', ') || 'none'
  );
}

function list(names, code = true) {
  return names.map((name) => (code ? `\`${name}\`` : name)).join(', ');
}

function table(head, rows) {
  const line = (cells) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function replaceSection(text, name, body) {
  const [start, end] = [`<!-- generated:${name} -->`, `<!-- /generated:${name} -->`];
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`README.md has no section ${name}`);
  return `${text.slice(0, from + start.length)}\n${body}\n${text.slice(to)}`;
}

function read(file) {
  const target = path.join(root, file);
  return existsSync(target) ? readFileSync(target, 'utf8') : '';
}

function write(file, text) {
  if (read(file) === text) return;
  if (check) {
    different.push(file);
    return;
  }
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}
