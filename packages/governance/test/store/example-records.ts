import type { ApprovalRecord, ProposalRecord } from '@devops-mcp/governance';

/** A proposal as the road would store it. */
export function exampleProposal(
  change: Partial<ProposalRecord> & { subject?: string; server?: string } = {},
) {
  const { subject = 'user:default/oncall', server = 'deployments', ...rest } = change;
  const proposal: ProposalRecord = {
    id: 'prop_00000000000000000000000001',
    state: 'proposed',
    binding: {
      format: 'devops-mcp/action-binding/v1',
      server,
      serverVersion: '0.1.0',
      tool: 'scale_service',
      toolDigest: 'a'.repeat(64),
      effectiveTier: 3,
      environment: 'staging',
      environmentClass: 'staging',
      target: { environment: 'staging', services: ['payments-api'] },
      arguments: { service: 'payments-api', replicas: 5 },
      renderingDigest: 'e'.repeat(64),
      planDigest: 'b'.repeat(64),
      observed: { replicas: 3 },
      reversal: { kind: 'reversible', how: 'Scale back to 3.' },
      blastRadius: { replicas: 5, replicasAdded: 2 },
      limits: { replicas: { max: 12 } },
      requester: { issuer: 'local', subject, client: 'editor', delegation: [], assurance: 'asserted' },
      reason: 'More load than usual',
      changeRef: null,
      policyDigest: 'c'.repeat(64),
      requirements: ['log_to_siem'],
      executor: 'local',
      nonce: '00',
      requestedAt: '2026-03-01T10:00:00.000Z',
      expiresAt: '2026-03-01T10:30:00.000Z',
    },
    bindingDigest: 'd'.repeat(64),
    plan: {
      change: { replicas: 5 },
      observed: { replicas: 3 },
      blastRadius: { replicas: 5, replicasAdded: 2 },
      reversal: { kind: 'reversible', how: 'Scale back to 3.' },
      summary: 'Scale payments-api from 3 to 5',
      diff: '-  replicas: 3\n+  replicas: 5\n',
    },
    attachments: {},
    rendering: 'Scale payments-api from 3 to 5',
    createdAt: '2026-03-01T10:00:00.000Z',
    updatedAt: '2026-03-01T10:00:00.000Z',
    outcome: null,
    ...rest,
  };
  return proposal;
}

export function exampleApproval(proposalId: string, approver: string): ApprovalRecord {
  return {
    proposalId,
    bindingDigest: 'd'.repeat(64),
    decision: 'approve',
    approver,
    kind: 'ssh-signature',
    evidence: { keyType: 'ssh-ed25519' },
    at: '2026-03-01T10:05:00.000Z',
    expiresAt: '2026-03-01T10:35:00.000Z',
  };
}
