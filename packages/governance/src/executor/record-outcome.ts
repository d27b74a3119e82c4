import { ToolError } from '@devops-mcp/contract';
import type { AuditLog } from '../collaborators.js';
import type { Caller, ProposalRecord, ProposalState, TraceContext } from '../model.js';
import { actionEvent } from '../road/action-events.js';
import type { GovernedProcess } from '../road/dependencies.js';
import type { Store } from '../store/store.js';
import { verifyOutcome } from './outcome-file.js';

/** States that an executor's report may follow; it applied what this side may meanwhile have given up. */
const before: readonly ProposalState[] = [
  'proposed',
  'awaiting_approval',
  'approved',
  'expired',
  'cancelled',
];

/**
 * Brings a proposal of the requester's side up to what its executor did with it.
 * @returns the proposal as it stands then.
 * @throws ToolError `denied` for a report that is not the executor's, or about something else.
 */
export async function recordExecutorOutcome(
  deps: Pick<GovernedProcess, 'facts' | 'ownership' | 'random' | 'clock'> & {
    readonly store: Store;
    readonly audit: AuditLog;
  },
  given: {
    readonly record: ProposalRecord;
    readonly outcomeFile: string;
    /** From the configuration; the key is SPKI PEM. */
    readonly executor: { readonly id: string; readonly publicKey: string };
  },
  by: { readonly caller: Caller; readonly trace: TraceContext },
): Promise<ProposalRecord> {
  const { record, executor } = given;
  const report = verifyOutcome(given.outcomeFile, executor.publicKey);
  if (report.executor !== executor.id || record.binding.executor !== executor.id) {
    throw new ToolError('denied', 'The report is of another executor than the one that was bound.');
  }
  if (report.bindingDigest !== record.bindingDigest || report.proposalId !== record.id) {
    throw new ToolError('denied', 'The report is about another proposal.');
  }
  if (record.state === report.state) return record;
  const { proposals } = deps.store;
  const at = deps.clock().toISOString();
  const taken = await proposals.transition(record.id, before, 'consumed', at);
  if (!taken && record.state !== 'consumed') {
    throw new ToolError(
      'conflict',
      `The proposal is ${record.state} here and ${report.state} at the executor.`,
    );
  }
  await deps.audit.durable(
    actionEvent(deps, {
      record,
      ...by,
      decision: null,
      eventType: 'mcp.proposal',
      phase: 'result',
      approval: { status: 'approved', approver: null },
      result: {
        status: report.state === 'succeeded' ? 'success' : 'error',
        detail: `reported by ${executor.id}`,
      },
    }),
  );
  await proposals.transition(record.id, ['consumed'], report.state, at, report.outcome);
  return (await proposals.get(record.id)) ?? record;
}
