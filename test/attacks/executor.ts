import { git } from '../end-to-end/world/change.js';
import { runProgram, type ServerName, serverProgram } from '../end-to-end/world/programs.js';
import type { Sandbox } from '../end-to-end/world/sandbox.js';
import { filesOf, type Request } from './forge.js';

export interface Verdict {
  readonly state: string;
  readonly refusals: readonly { readonly check: string; readonly reason: string }[];
}

/** Hands a request and decisions to the executor of a sandbox, which runs in a folder of its own. */
export async function executorOn(
  sandbox: Sandbox,
  request: Request | string,
  decisions: readonly string[],
  server: ServerName = 'rollback',
): Promise<Verdict> {
  const text = typeof request === 'string' ? request : JSON.stringify(request);
  const [file = '', ...signed] = await filesOf(sandbox, [text, ...decisions]);
  const { code, out, err } = await runProgram(serverProgram(server), [
    ...['--execute', file, '--config', sandbox.executorConfig],
    ...signed.flatMap((one) => ['--approval', one]),
  ]);
  if (out === '') throw new Error(`the executor ended with ${code}: ${err}`);
  const verdict: Verdict = JSON.parse(out);
  // Scripts look at the code alone.
  if ((code === 0) !== (verdict.state === 'succeeded')) throw new Error(`${verdict.state} with code ${code}`);
  return verdict;
}

export const checksOf = ({ refusals }: Verdict) => refusals.map(({ check }) => check);
export const reasonsOf = ({ refusals }: Verdict) => refusals.map(({ reason }) => reason).join(' ');
export const productionHead = (sandbox: Sandbox) => git(sandbox, 'production', 'rev-parse', 'main');
