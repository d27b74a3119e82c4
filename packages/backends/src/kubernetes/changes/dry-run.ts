import { type CallContext, ToolError } from '@devops-mcp/contract';
import type { KubeClient } from '../connection/kube-client.js';
import { plurals } from '../services/find-workloads.js';
import { type Access, mayI } from './access.js';
import { dryRun, type WorkloadChange } from './patch.js';
import { refOf, type Workload } from './workload.js';

/**
 * The dry run of a plan, as far as the reading credential goes: one that may not patch cannot ask. What
 * the API server or admission refuses rejects here, before people decide.
 */
export async function tryDryRun(
  client: KubeClient,
  workload: Workload,
  wanted: WorkloadChange,
  mark: string,
  context: CallContext,
): Promise<void> {
  const access = await mayPatch(client, workload, context);
  await askIfAllowed(access, () => dryRun(client, workload, wanted, mark, context));
}

/** The dry run right before the write, with the credential that writes. */
export async function mustDryRun(
  client: KubeClient,
  workload: Workload,
  wanted: WorkloadChange,
  mark: string,
  context: CallContext,
): Promise<void> {
  try {
    await dryRun(client, workload, wanted, mark, context);
  } catch (error) {
    if (!isDenied(error) || (await mayPatch(client, workload, context)) !== 'yes') throw error;
    throw admissionRefusal(error);
  }
}

/** A refusal of what the credential may do is one of admission; any other is the credential's. */
export async function askIfAllowed(access: Access, ask: () => Promise<unknown>): Promise<void> {
  if (access === 'no') return;
  try {
    await ask();
  } catch (error) {
    if (!isDenied(error)) throw error;
    if (access === 'yes') throw admissionRefusal(error);
  }
}

function mayPatch(client: KubeClient, workload: Workload, context: CallContext): Promise<Access> {
  const { kind, namespace } = refOf(workload);
  return mayI(client, { verb: 'patch', group: 'apps', resource: plurals[kind], namespace }, context);
}

function isDenied(error: unknown): error is ToolError {
  return error instanceof ToolError && error.code === 'denied';
}

function admissionRefusal({ cause }: ToolError): ToolError {
  return new ToolError('denied', 'An admission policy of the cluster refuses this change.', {
    hint: 'The audit record holds what it said; change the plan or the policy of the cluster.',
    cause,
  });
}
