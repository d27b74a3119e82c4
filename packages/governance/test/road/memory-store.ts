import { ToolError } from '@devops-mcp/contract';
import type { ApprovalRecord, ProposalRecord, SwitchRecord } from '../../src/model.js';
import type { Store } from '../../src/store/store.js';

/** A store in memory, for tests of what uses one. Every method is atomic, since nothing waits within. */
export function memoryStore(): Store {
  const switches = new Map<string, SwitchRecord>();
  const proposals = new Map<string, ProposalRecord>();
  const approvals: ApprovalRecord[] = [];
  const used = new Set<string>();
  const counted: { key: string; amount: number; at: number }[] = [];
  const plans = new Map<string, { owner: string; document: object; expires: string }>();
  const sum = (key: string, windowMs: number, at: Date) =>
    counted
      .filter((one) => one.key === key && one.at > at.getTime() - windowMs)
      .reduce((total, one) => total + one.amount, 0);
  return {
    switches: {
      list: async () => [...switches.values()],
      set: async (record) => void switches.set(record.scope, record),
      remove: async (scope) => switches.delete(scope),
    },
    proposals: {
      create: async (proposal) => {
        if (proposals.has(proposal.id)) throw new ToolError('conflict', 'exists');
        proposals.set(proposal.id, structuredClone(proposal));
      },
      get: async (id) => structuredClone(proposals.get(id)),
      list: async (filter) =>
        [...proposals.values()]
          .filter(
            (one) =>
              (filter.states === undefined || filter.states.includes(one.state)) &&
              (filter.subject === undefined || one.binding.requester.subject === filter.subject) &&
              (filter.server === undefined || one.binding.server === filter.server),
          )
          .slice(0, filter.limit),
      transition: async (id, from, to, at, outcome) => {
        const found = proposals.get(id);
        if (found === undefined || !from.includes(found.state)) return false;
        proposals.set(id, { ...found, state: to, updatedAt: at, outcome: outcome ?? found.outcome });
        return true;
      },
    },
    approvals: {
      add: async (approval) => void approvals.push(structuredClone(approval)),
      list: async (id) => structuredClone(approvals.filter((one) => one.proposalId === id)),
    },
    singleUse: {
      use: async (space, key) => {
        if (used.has(`${space} ${key}`)) return false;
        used.add(`${space} ${key}`);
        return true;
      },
      used: async (space, key) => used.has(`${space} ${key}`),
    },
    counters: {
      add: async (key, amount, windowMs, max, at) => {
        const before = sum(key, windowMs, at);
        if (before + amount > max) return { allowed: false, sum: before, retryAt: null };
        counted.push({ key, amount, at: at.getTime() });
        return { allowed: true, sum: before + amount, retryAt: null };
      },
      sum: async (key, windowMs, at) => sum(key, windowMs, at),
    },
    plans: {
      put: async ({ id, owner, document, expires }) => void plans.set(id, { owner, document, expires }),
      get: async (id, owner, at) => {
        const plan = plans.get(id);
        // Boundary: the map holds what `put` was given.
        return plan?.owner === owner && plan.expires > at ? (plan.document as never) : undefined;
      },
    },
    segments: { register: async () => {}, list: async () => [] },
    leases: { acquire: async () => undefined },
    close: async () => {},
  };
}
