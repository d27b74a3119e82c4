import path from 'node:path';
import { ToolError } from '@devops-mcp/contract';
import { parseTime } from '@devops-mcp/domain';
import {
  commandName,
  incidentKindOf,
  incidentKinds,
  isIncidentKind,
  type SandboxReport,
} from '@devops-mcp/sandbox';
import { type Command, InvalidArgumentError } from 'commander';
import { makeSandbox } from '../sandbox/make-sandbox.js';
import { progressLine } from '../sandbox/progress-line.js';
import { guarded, print, table } from '../terminal.js';

interface Options {
  readonly incident: string;
  readonly seed: number;
  readonly scale: number;
  readonly hours?: number;
  readonly now: string;
}

export function addSandboxCommands(program: Command): void {
  const sandbox = program.command('sandbox').description('a small company on disk, with an incident in it');
  sandbox
    .command('create')
    .description('services, telemetry, git history, alerts, rota, runbooks, policy, keys')
    .argument('<folder>', 'a folder that is empty or does not exist yet')
    .requiredOption(
      '--incident <name>',
      Object.keys(incidentKinds).filter(isIncidentKind).map(commandName).join(', '),
    )
    .option('--seed <number>', 'another number gives another culprit', wholeNumber, 1)
    .option('--scale <number>', '1 is some 300,000 log lines and 100,000 spans', positive, 1)
    .option('--hours <number>', 'hours of telemetry', positive)
    .option('--now <time>', 'when it is there: RFC 3339', 'now')
    .action((folder: string, options: Options) => guarded(() => create(folder, options)));
  sandbox
    .command('kinds')
    .description('the incidents there are')
    .action(() =>
      print(table(Object.entries(incidentKinds).map(([kind, text]) => [kind.replaceAll('_', '-'), text]))),
    );
}

async function create(folder: string, options: Options): Promise<void> {
  const incident = incidentKindOf(options.incident);
  if (incident === undefined)
    throw new ToolError('invalid_input', `There is no incident ${options.incident.slice(0, 60)}.`, {
      hint: 'See devops-mcp sandbox kinds.',
    });
  const directory = path.resolve(folder);
  const watch = progressLine();
  const report = await makeSandbox({
    ...{
      directory,
      incident,
      seed: options.seed,
      scale: options.scale,
      now: parseTime(options.now, new Date()),
    },
    ...(options.hours === undefined ? {} : { hours: options.hours }),
    onProgress: ({ step, done }) => watch.show(`${step} ${Math.round(done * 100)} %`),
  });
  watch.end();
  print(showSandbox(report));
  print(`Next: devops-mcp brief --config ${path.join(directory, 'devops-mcp.yaml')}`);
}

export function showSandbox({ directory, counts }: SandboxReport): string {
  const number = (value: number) => value.toLocaleString('en-GB');
  return `${directory}: ${counts.services} services, ${number(counts.logLines)} log lines, ${number(counts.spans)} spans, ${number(counts.metricPoints)} metric points, ${counts.commits} commits, ${counts.alerts} alerts (${counts.firing} firing).`;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('a whole number.');
  return value;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number over 0.');
  return value;
}
