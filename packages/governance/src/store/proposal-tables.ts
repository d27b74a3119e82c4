import { ToolError } from '@devops-mcp/contract';
import type { ApprovalRecord, ProposalRecord } from '../model.js';
import type { StateDatabase } from './state-database.js';
import type { ApprovalTable, ProposalTable } from './store.js';

interface ProposalRow {
  readonly state: ProposalRecord['state'];
  readonly updated_at: string;
  readonly record: string;
  readonly outcome: string | null;
}

const columns = 'state, updated_at, record, outcome';
const mostRows = 1_000;

export function proposalTable(db: StateDatabase): ProposalTable {
  return {
    async create(proposal) {
      const { id, state, binding, createdAt, updatedAt, outcome } = proposal;
      const inserted = db.write(() =>
        db
          .statement(
            `INSERT OR IGNORE INTO proposals (id, state, server, subject, created_at, updated_at, record, outcome)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          )
          .run(
            id,
            state,
            binding.server,
            binding.requester.subject,
            createdAt,
            updatedAt,
            JSON.stringify(proposal),
            outcome === null ? null : JSON.stringify(outcome),
          ),
      );
      if (inserted.changes === 0) {
        throw new ToolError('conflict', `There is a proposal ${id} already.`, {
          hint: 'Look at it with get_proposal, or propose again for a new one.',
        });
      }
    },
    async get(id) {
      const row: ProposalRow | undefined = db.read(() =>
        db.statement(`SELECT ${columns} FROM proposals WHERE id = ?`).get(id),
      );
      return row === undefined ? undefined : proposalOf(row);
    },
    async list(filter) {
      const rows: readonly ProposalRow[] = db.read(() =>
        db
          .statement(
            `SELECT ${columns} FROM proposals
             WHERE (?1 IS NULL OR state IN (SELECT value FROM json_each(?1)))
               AND (?2 IS NULL OR subject = ?2) AND (?3 IS NULL OR server = ?3)
             ORDER BY created_at DESC, id LIMIT ?4`,
          )
          .all(
            filter.states === undefined ? null : JSON.stringify(filter.states),
            filter.subject ?? null,
            filter.server ?? null,
            Math.min(Math.max(filter.limit, 0), mostRows),
          ),
      );
      return rows.map(proposalOf);
    },
    async transition(id, from, to, at, outcome) {
      const moved = db.write(() =>
        db
          .statement(
            `UPDATE proposals SET state = ?, updated_at = ?, outcome = coalesce(?, outcome)
             WHERE id = ? AND state IN (SELECT value FROM json_each(?))`,
          )
          .run(to, at, outcome === undefined ? null : JSON.stringify(outcome), id, JSON.stringify(from)),
      );
      return moved.changes === 1;
    },
  };
}

export function approvalTable(db: StateDatabase): ApprovalTable {
  return {
    async add(approval) {
      db.write(() =>
        db
          .statement('INSERT INTO approvals (proposal_id, record) VALUES (?, ?)')
          .run(approval.proposalId, JSON.stringify(approval)),
      );
    },
    async list(proposalId) {
      const rows: readonly { readonly record: string }[] = db.read(() =>
        db
          .statement('SELECT record FROM approvals WHERE proposal_id = ? ORDER BY number LIMIT ?')
          .all(proposalId, mostRows),
      );
      // Only this file writes the column; whoever acts on an approval verifies its signature again.
      return rows.map((row) => JSON.parse(row.record) as ApprovalRecord);
    },
  };
}

function proposalOf(row: ProposalRow): ProposalRecord {
  // Only this file writes the column; whoever acts on a proposal compares its binding digest again.
  const created = JSON.parse(row.record) as ProposalRecord;
  const outcome = row.outcome === null ? null : JSON.parse(row.outcome);
  return { ...created, state: row.state, updatedAt: row.updated_at, outcome };
}
