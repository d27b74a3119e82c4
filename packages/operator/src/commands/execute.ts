import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { ToolError } from '@devops-mcp/contract';
import { parseRequestFile } from '@devops-mcp/governance';
import type { Command } from 'commander';
import { serverCommand, serverNames } from '../mcp/server-bins.js';
import { guarded, note, print } from '../terminal.js';

interface Options {
  readonly config: string;
  readonly approval: readonly string[];
  readonly out?: string;
  readonly json?: boolean;
}

/** What the owning server's bin prints in executor mode. */
export interface ExecutionReport {
  readonly state: string;
  readonly refusals: readonly { readonly check: string; readonly reason: string }[];
  readonly outcome: {
    readonly summary?: string;
    readonly artifactRef?: string | null;
    readonly verified?: boolean;
  } | null;
  readonly outcomeFile: string | null;
}

export function addExecuteCommand(program: Command): void {
  program
    .command('execute')
    .description('apply an approved request: run this as the executor, never as the user of the client')
    .argument('<request>', 'the request file')
    .requiredOption('--config <file>', "the executor's own configuration (role: executor)")
    .option('--approval <file...>', 'signed decisions', [])
    .option('--out <file>', "write the executor's signed report for the requester's side")
    .option('--json', 'the whole result as JSON')
    .action((request: string, options: Options) => guarded(() => execute(request, options)));
}

async function execute(request: string, options: Options): Promise<void> {
  const report = await runExecutor(request, options);
  if (options.out !== undefined && report.outcomeFile !== null)
    await writeFile(options.out, report.outcomeFile, { mode: 0o600 });
  print(options.json ? JSON.stringify(report, null, 2) : showExecution(report));
  if (report.state !== 'succeeded') process.exitCode = 1;
}

/** Starts the owning server's bin in executor mode; that process alone reads the executor's secrets. */
export async function runExecutor(
  request: string,
  options: Pick<Options, 'config' | 'approval'>,
): Promise<ExecutionReport> {
  const { command, args } = serverCommand(await owningServer(request));
  const approvals = options.approval.flatMap((file) => ['--approval', file]);
  const { stdout, stderr } = await runToEnd(command, [
    ...args,
    '--execute',
    request,
    '--config',
    options.config,
    ...approvals,
  ]);
  try {
    return JSON.parse(stdout) as ExecutionReport;
  } catch (cause) {
    throw new ToolError('unavailable', 'The executor gave no result.', {
      hint: stderr.trim().slice(-1_000) || 'Run it alone to see why.',
      cause,
    });
  }
}

export function showExecution(report: ExecutionReport): string {
  if (report.refusals.length > 0)
    return ['Refused:', ...report.refusals.map(({ check, reason }) => `  ${check}: ${reason}`)].join('\n');
  const { summary = '', artifactRef } = report.outcome ?? {};
  return `${report.state}: ${summary}${artifactRef ? ` (${artifactRef})` : ''}`;
}

/** A request that cannot be read still reaches an executor, which refuses and records it. */
async function owningServer(request: string): Promise<(typeof serverNames)[number]> {
  const text = await readFile(request, 'utf8');
  let server = 'rollback';
  try {
    server = parseRequestFile(text).binding.server;
  } catch (error) {
    note(error instanceof Error ? error.message : String(error));
  }
  return serverNames.find((name) => name === server) ?? 'rollback';
}

function runToEnd(command: string, args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', () => resolve({ stdout, stderr }));
  });
}
