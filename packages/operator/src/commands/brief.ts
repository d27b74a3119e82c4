import { writeFile } from 'node:fs/promises';
import { ToolError } from '@devops-mcp/contract';
import { parseTime } from '@devops-mcp/domain';
import { findConfiguration, loadConfiguration } from '@devops-mcp/runtime';
import { type Command, InvalidArgumentError } from 'commander';
import { openAsker } from '../brief/ask.js';
import type { Question } from '../brief/collect-evidence.js';
import { explainCalls } from '../brief/explain-calls.js';
import { type BriefResult, makeBrief } from '../brief/make-brief.js';
import { renderHtml } from '../brief/render-html.js';
import { renderMarkdown } from '../brief/render-markdown.js';
import { type ServerName, serverNames } from '../mcp/server-bins.js';
import { guarded, note, print } from '../terminal.js';

interface Options {
  readonly config?: string;
  readonly service?: string;
  readonly environment?: string;
  readonly at: string;
  readonly window: number;
  readonly servers?: readonly ServerName[];
  readonly format: string;
  readonly out?: string;
  readonly explain?: boolean;
}

export function addBriefCommand(program: Command): void {
  program
    .command('brief')
    .description(
      'investigate: what fires, what changed, what fails, since when, suspects with evidence, a drafted rollback',
    )
    .option('--service <name>', 'look around this service; default: wherever the evidence is')
    .option('--environment <name>', 'default: the first production environment')
    .option('--at <time>', 'a past moment: RFC 3339, or now-30m', 'now')
    .option('--window <minutes>', 'how far back to look', minutes, 120)
    .option('--servers <names>', 'use only these, separated by commas', serverList)
    .option('--format <format>', 'markdown, json or html', 'markdown')
    .option('--out <file>', 'write to a file instead of standard output')
    .option('--explain', 'say which calls were made and what they took')
    .option('--config <file>', 'devops-mcp.yaml')
    .action((options: Options) => guarded(() => brief(options)));
}

async function brief(options: Options): Promise<void> {
  const file = await findConfiguration(options.config);
  const question = await questionOf(options, file);
  const render = rendererOf(options.format);
  const result = await investigate(file, question, options.servers, (message) => note(`  ${message} ...`));
  const text = render(result);
  if (options.out === undefined) print(text);
  else await writeFile(options.out, text);
  if (options.out !== undefined) note(`Wrote ${options.out}`);
  if (options.explain) for (const line of explainCalls(result.times)) note(line);
}

/** Starts the servers, makes the brief and stops them again. */
export async function investigate(
  config: string,
  question: Question,
  servers: readonly ServerName[] | undefined,
  onProgress: (message: string) => void,
): Promise<BriefResult> {
  onProgress('Starting the servers');
  const asker = openAsker({
    config,
    onProgress,
    clientName: 'devops-mcp-brief',
    ...(servers ? { servers } : {}),
  });
  try {
    return await makeBrief(asker, question, onProgress);
  } finally {
    await asker.close();
  }
}

async function questionOf(options: Options, file: string): Promise<Question> {
  const { environments } = await loadConfiguration(file);
  const environment =
    options.environment ?? (environments.find((one) => one.class === 'production') ?? environments[0])?.name;
  if (environment === undefined)
    throw new ToolError('invalid_input', 'The configuration has no environment.', {
      hint: 'Add one under environments.',
    });
  return {
    environment,
    service: options.service ?? null,
    at: parseTime(options.at, new Date()),
    windowMinutes: options.window,
  };
}

/** Before the work, since a wrong name is noticed at once and not after half a minute. */
function rendererOf(format: string): (result: BriefResult) => string {
  if (format === 'json') return ({ brief: found }) => `${JSON.stringify(found, null, 2)}\n`;
  if (format === 'html') return ({ brief: found, plots, graph }) => renderHtml(found, plots, graph);
  if (format === 'markdown') return ({ brief: found }) => renderMarkdown(found);
  throw new ToolError('invalid_input', `There is no format ${format.slice(0, 40)}.`, {
    hint: 'Formats: markdown, json, html.',
  });
}

function minutes(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 10 || value > 7 * 24 * 60)
    throw new InvalidArgumentError('10 to 10080 minutes.');
  return value;
}

function serverList(text: string): readonly ServerName[] {
  return text.split(',').map((name) => serverNames.find((known) => known === name.trim()) ?? unknown(name));
}

function unknown(name: string): never {
  throw new InvalidArgumentError(`no server ${name}; servers: ${serverNames.join(', ')}.`);
}
