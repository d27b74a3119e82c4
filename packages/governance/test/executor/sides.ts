import { generateKeyPairSync } from 'node:crypto';
import {
  createExecutor,
  type ExecutionResult,
  type ExecutorDependencies,
} from '../../src/executor/executor.js';
import { decisionBy, people } from '../approvals/people.js';
import { scaling } from '../proposals/steps.js';
import { testProcess } from '../road/process.js';

export const keys = people();
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
export const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
export const inProduction = scaling({ environment: 'production', changeRef: 'CHG-7' });

/** The requester's side, and an executor with everything of its own over the same live system. */
export function sides(change: Partial<ExecutorDependencies> = {}) {
  const requester = testProcess();
  const own = testProcess();
  requester.directory = keys.directory;
  own.directory = keys.directory;
  Object.assign(own.live, { replicas: requester.live.replicas });
  const deps: ExecutorDependencies = {
    ...own.deps,
    executor: { id: 'gitops-executor', kind: 'control-plane' },
    privateKey: privatePem,
    ...change,
  };
  const executor = createExecutor(deps);
  const run = (requestFile: string, approvalFiles: readonly string[]): Promise<ExecutionResult> =>
    executor.execute({
      requestFile,
      approvalFiles,
      trace: { traceId: 'e'.repeat(32), traceparent: null },
      signal: new AbortController().signal,
      progress: () => {},
    });
  return { requester, own, run };
}

export function approvals(
  record: { readonly bindingDigest: string },
  at: Date,
  signers = [keys.one, keys.two],
): string[] {
  return signers.map((signer) => JSON.stringify(decisionBy(signer, record.bindingDigest, at)));
}

export const checks = ({ refusals }: ExecutionResult) => refusals.map(({ check }) => check);
