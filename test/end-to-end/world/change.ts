import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { type OpenClient, type Reply, withClient } from './client.js';
import { devopsMcp, type Ended, mustRun } from './programs.js';
import type { Sandbox } from './sandbox.js';

/** The text in a field of an answer. Fails with the answer when it is not there. */
export function field(reply: Reply, ...names: readonly string[]): string {
  let value: unknown = reply.data;
  for (const name of names)
    value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  if (typeof value !== 'string') throw new Error(`no ${names.join('.')} in: ${reply.text}`);
  return value;
}

/** Drafts and proposes the rollback of the sandbox's culprit. Resolves to the proposal's id. */
export async function proposeRollback(
  { config, truth }: Pick<Sandbox, 'config' | 'truth'>,
  more: Readonly<Record<string, unknown>> = { changeRef: truth.changeRequest },
): Promise<string> {
  return withClient('rollback', config, {}, async (rollback) => {
    const plan = await rollback.call('plan_rollback', { service: truth.service, environment: 'production' });
    const planId = field(plan, 'data', 'planId');
    const reply = await rollback.call('propose_roll_back_service', {
      planId,
      reason: 'Errors since the last deployment.',
      ...more,
    });
    return field(reply, 'proposalId');
  });
}

export async function proposeScale(
  deployments: OpenClient,
  input: { readonly service: string; readonly environment: string; readonly replicas: number },
): Promise<string> {
  return field(
    await deployments.call('propose_scale_service', { ...input, reason: 'the queue grows' }),
    'proposalId',
  );
}

/** `devops-mcp proposals export`. Resolves to the path of the request file. */
export async function exportRequest(sandbox: Sandbox, id: string, config = sandbox.config): Promise<string> {
  const file = path.join(path.dirname(config), `${id}.json`);
  await mustRun('proposals', 'export', id, '--out', file, '--config', config);
  return file;
}

/** Signs a request file as an approver of the sandbox does. Resolves to the path of the decision. */
export async function signRequest(
  sandbox: Sandbox,
  request: string,
  approver: 'approver-one' | 'approver-two' | 'plain',
  decision: 'approve' | 'reject' = 'approve',
): Promise<string> {
  const out = `${request}.${approver}.json`;
  const key = sandbox.at('approver', `${approver}.key`);
  const flag = approver === 'plain' ? '--key' : '--software-key';
  await mustRun(decision, request, flag, key, '--confirm', sandbox.truth.service ?? '', '--out', out);
  return out;
}

export const signBoth = async (sandbox: Sandbox, request: string) => [
  await signRequest(sandbox, request, 'approver-one'),
  await signRequest(sandbox, request, 'approver-two'),
];

export interface Execution {
  readonly state: string;
  readonly refusals: readonly { readonly check: string; readonly reason: string; readonly code: string }[];
  readonly outcome: { readonly artifactRef?: string; readonly verified?: boolean } | null;
}

/** `devops-mcp execute --json`, as the executor of the sandbox. */
export async function executeRequest(
  sandbox: Pick<Sandbox, 'executorConfig'>,
  request: string,
  approvals: readonly string[],
  ...more: readonly string[]
): Promise<Execution & { readonly ended: Ended }> {
  const given = approvals.length > 0 ? ['--approval', ...approvals] : [];
  const ended = await devopsMcp(
    'execute',
    request,
    '--config',
    sandbox.executorConfig,
    '--json',
    ...given,
    ...more,
  );
  try {
    return { ...JSON.parse(ended.out), ended };
  } catch {
    throw new Error(`no result: ${ended.out}${ended.err}`);
  }
}

/** A file of a branch in one of the sandbox's repositories. */
export function desiredState(
  sandbox: Sandbox,
  file: string,
  { repository = 'production', branch = 'main' } = {},
): string {
  return git(sandbox, repository, 'show', `${branch}:${file}`);
}

export const manifestOf = (service: string | null) => `services/${service}/deployment.yaml`;

export function git(sandbox: Sandbox, repository: string, ...args: readonly string[]): string {
  return execFileSync('git', ['-C', sandbox.at('gitops', `${repository}.git`), ...args], {
    encoding: 'utf8',
  }).trim();
}
