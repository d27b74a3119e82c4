import { ToolError } from '@devops-mcp/contract';
import type { Decision } from '../model.js';
import { ownerScope } from '../proposals/owner-scope.js';
import type { Trip } from './trip.js';

/**
 * A read happens at once or not at all: no proposal waits for what policy may ask beyond the log
 * and the owner's scope.
 * @throws ToolError `denied`, or `approval_required` where policy wants a person's approval.
 */
export function permitRead(trip: Trip, decision: Decision): void {
  if (decision.effect === 'require_human_approval') {
    throw new ToolError('approval_required', 'Policy wants a person to approve this read.', {
      hint: 'Reads cannot be approved one by one; ask the owner of the policy.',
      details: { rules: decision.rules },
    });
  }
  const missing: string[] = [];
  for (const requirement of decision.requirements) {
    if (requirement === 'log_to_siem') continue;
    if (requirement === 'owner_scope_check' && trip.target !== null) {
      const scope = ownerScope(trip.deps.ownership, trip.target, trip.request.caller, {});
      if (!scope.met) missing.push(`${requirement}: ${scope.how}`);
      continue;
    }
    missing.push(`${requirement}: a read cannot bring this`);
  }
  if (missing.length === 0) return;
  throw new ToolError('denied', 'Policy wants more than a read can bring.', {
    hint: missing.join('; '),
    details: { missing, rules: decision.rules },
  });
}
