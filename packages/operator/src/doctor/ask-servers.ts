import { execFile } from 'node:child_process';
import { ToolError } from '@devops-mcp/contract';
import type { Configuration } from '@devops-mcp/runtime';
import { z } from 'zod';
import { type ServerName, serverCommand, serverNames } from '../mcp/server-bins.js';
import { type Check, failure, ok, warning } from './check.js';

const longestMs = 90_000;
const largestAnswerBytes = 4 * 1_048_576;

const examination = z.object({
  server: z.string(),
  version: z.string(),
  findings: z
    .array(
      z.object({
        environment: z.string(),
        port: z.string(),
        backend: z.string(),
        topic: z.enum(['configuration', 'reachability', 'credential', 'permission', 'clock', 'data']),
        level: z.enum(['ok', 'warning', 'failure']),
        message: z.string(),
        fix: z.string().optional(),
      }),
    )
    .max(2_000),
});
type Examined = z.output<typeof examination>;
type Finding = Examined['findings'][number];

/** Asks a server's own program; tests answer in its place. Rejects with a ToolError. */
export type AskServer = (name: ServerName, config: string) => Promise<unknown>;

/**
 * Has each installed server examine the backends that it would connect. What several servers, or
 * several ports, say of the same backend is reported once.
 */
export async function askServers(
  configuration: Configuration,
  ask: AskServer = examineWithProgram,
): Promise<readonly Check[]> {
  const answers = await Promise.all(serverNames.map((name) => askOne(name, configuration, ask)));
  const examined = answers.flatMap(({ examined: one }) => (one ? [one] : []));
  return [
    ...(answers.some(({ installed }) => installed) ? answers.flatMap(({ checks }) => checks) : [noServer]),
    ...sameOnce(answers.flatMap(({ problems }) => problems)),
    ...examined.flatMap(({ server, version }) => versionOf(server, version, configuration)),
    ...merged(examined),
    ...clockChecks(examined),
  ];
}

const noServer = failure(
  'servers',
  'No server is installed, so that no backend could be asked.',
  'npm install -g @devops-mcp/metrics @devops-mcp/deployments @devops-mcp/alerts',
);

interface Answer {
  readonly installed: boolean;
  readonly examined: Examined | undefined;
  readonly checks: readonly Check[];
  readonly problems: readonly Check[];
}

async function askOne(name: ServerName, configuration: Configuration, ask: AskServer): Promise<Answer> {
  try {
    const examined = examination.parse(await ask(name, configuration.file));
    const checks = [ok('servers', `${name} ${examined.version} is installed and answers.`)];
    return { installed: true, examined, checks, problems: [] };
  } catch (error) {
    if (error instanceof ToolError && error.code === 'not_found') {
      const fix = error.hint ?? `npm install -g @devops-mcp/${name}`;
      const registered = configuration.servers[name] !== undefined;
      const check = registered
        ? failure('servers', `${name} is registered and not installed.`, fix)
        : ok('servers', `${name} is not installed (${fix}).`);
      return { installed: registered, examined: undefined, checks: [check], problems: [] };
    }
    const message = error instanceof ToolError ? error.message : `${name} gave no examination.`;
    const fix = error instanceof ToolError && error.hint ? error.hint : `npm install -g @devops-mcp/${name}`;
    const problems = [failure('servers', message, fix)];
    return { installed: true, examined: undefined, checks: [], problems };
  }
}

function versionOf(server: string, version: string, { servers }: Configuration): readonly Check[] {
  const reviewed = servers[server]?.version;
  if (reviewed === undefined || reviewed === version) return [];
  return [
    warning(
      'governance',
      `${server} ${version} is installed and ${reviewed} was reviewed: only reads are served.`,
      `Review the new version, then set servers.${server}.version.`,
    ),
  ];
}

interface Merged {
  readonly finding: Finding;
  readonly ports: Set<string>;
  readonly servers: Set<string>;
}

function merged(answers: readonly Examined[]): readonly Check[] {
  const found = new Map<string, Merged>();
  for (const { server, findings } of answers) {
    for (const finding of findings) {
      const { environment, port, backend, topic, level, message, fix } = finding;
      // Two servers measure the same thing a moment apart: numbers do not make it another one.
      const same = JSON.stringify([environment, backend, topic, level, message.replace(/\d+/g, '#'), fix]);
      const present = found.get(same) ?? { finding, ports: new Set(), servers: new Set() };
      present.ports.add(port);
      present.servers.add(server);
      found.set(same, present);
    }
  }
  return [...found.values()].map(toCheck);
}

function toCheck({ finding, ports, servers }: Merged): Check {
  const { environment, backend, topic, level, message, fix } = finding;
  const names = [...ports].join(', ');
  const place = environment === '*' ? names : `${names} in ${environment}`;
  const through = backend === '' ? '' : ` (${backend})`;
  return {
    area: topic === 'clock' ? 'clock' : 'backends',
    level,
    message: `${place}${through}: ${message}`,
    ...(fix === undefined ? {} : { fix }),
    servers: [...servers],
  };
}

/** Only a system that was reached can tell the time. */
function clockChecks(answers: readonly Examined[]): readonly Check[] {
  const told = answers.some(({ findings }) => findings.some(({ topic }) => topic === 'clock'));
  return told ? [] : [ok('clock', 'No configured system told its time, so that nothing was compared.')];
}

function sameOnce(checks: readonly Check[]): readonly Check[] {
  return checks.filter(
    (check, index) => checks.findIndex(({ message }) => message === check.message) === index,
  );
}

async function examineWithProgram(name: ServerName, config: string): Promise<unknown> {
  const { command, args } = serverCommand(name);
  const { failed, stdout, stderr } = await run(command, [...args, '--examine', '--config', config]);
  if (!failed) return JSON.parse(stdout);
  const said = stderr.trim().split('\n').at(-1)?.slice(0, 500) ?? '';
  if (said.includes('--examine'))
    throw new ToolError('unsupported', `The installed ${name} server is too old to examine its backends.`, {
      hint: `npm install -g @devops-mcp/${name}`,
    });
  // Without the server's name, since all of them say the same of a file that they share.
  throw new ToolError('unavailable', said.replace(/^devops-mcp-[a-z]+: /, '') || `${name} did not answer.`, {
    hint: 'Correct what is named, then run the doctor again.',
  });
}

function run(
  command: string,
  args: readonly string[],
): Promise<{ readonly failed: boolean; readonly stdout: string; readonly stderr: string }> {
  return new Promise((done) => {
    const options = { timeout: longestMs, maxBuffer: largestAnswerBytes, env: process.env };
    execFile(command, args, options, (error, stdout, stderr) =>
      done({ failed: error !== null, stdout, stderr }),
    );
  });
}
