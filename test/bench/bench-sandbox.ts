import { execFile } from 'node:child_process';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { operatorProgram } from './servers.js';

/** The company that calls and tokens are measured on, made by the command that users have. */
export interface BenchSandbox {
  readonly config: string;
  readonly scale: number;
  /** The service in which the incident has its cause. */
  readonly service: string;
  /** An approved change request. */
  readonly changeRequest: string;
}

/** Far above what is measured, so that the limiter works in every call and refuses none. */
export const readsPerMinute = 1_000_000;

export async function makeBenchSandbox(directory: string, scale: number): Promise<BenchSandbox> {
  const args = [
    'sandbox',
    'create',
    directory,
    '--incident',
    'bad-deployment',
    '--seed',
    '1',
    '--scale',
    String(scale),
  ];
  await promisify(execFile)(process.execPath, [operatorProgram(), ...args]);
  const config = join(directory, 'devops-mcp.yaml');
  await appendFile(config, `limits: { readsPerMinute: ${readsPerMinute} }\n`);
  const truth: { service: string; changeRequest: string } = JSON.parse(
    await readFile(join(directory, 'truth.json'), 'utf8'),
  );
  return { config, scale, service: truth.service, changeRequest: truth.changeRequest };
}
