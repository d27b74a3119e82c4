import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import {
  bindingDigest,
  openSqliteStore,
  type ProposalRecord,
  planDigest,
  renderProposal,
} from '@devops-mcp/governance';
import type { Office } from './office.js';

/** A proposal in the office's store, as the deployments server leaves one. Resolves to it. */
export async function proposalIn(
  office: Office,
  {
    environment = 'staging',
    service = 'checkout',
  }: { environment?: 'staging' | 'production'; service?: string } = {},
): Promise<ProposalRecord> {
  const nonce = randomBytes(32).toString('hex');
  const now = Date.now();
  const plan = {
    change: { replicas: 4 },
    observed: { replicas: 3 },
    blastRadius: { replicas: 4, replicasAdded: 1 },
    reversal: { kind: 'reversible', how: 'Scale back to 3.' },
    summary: `Scale ${service} from 3 to 4`,
    diff: '-  replicas: 3\n+  replicas: 4\n',
  } as const;
  const unrendered = {
    format: 'devops-mcp/action-binding/v1',
    ...{ server: 'deployments', serverVersion: '0.1.0', tool: 'scale_service', toolDigest: '0'.repeat(64) },
    effectiveTier: 3,
    ...{ environment, environmentClass: environment },
    target: { environment, services: [service] },
    arguments: { environment, service, replicas: 4 },
    planDigest: planDigest(plan),
    ...{ observed: plan.observed, reversal: plan.reversal, blastRadius: plan.blastRadius, limits: {} },
    requester: {
      issuer: 'local',
      subject: 'user:default/oncall',
      client: null,
      delegation: [],
      assurance: 'asserted',
    },
    ...{ reason: 'the queue grows', changeRef: null, policyDigest: '1'.repeat(64), requirements: [] },
    ...{ executor: environment === 'production' ? 'gitops-executor' : 'local', nonce },
    requestedAt: new Date(now - 1_000).toISOString(),
    expiresAt: new Date(now + 30 * 60_000).toISOString(),
  } as const;
  const rendering = renderProposal(unrendered, plan);
  const renderingDigest = createHash('sha256').update(`devops-mcp/rendering/v1\n${rendering}`).digest('hex');
  const binding = { ...unrendered, renderingDigest };
  const at = binding.requestedAt;
  const record: ProposalRecord = {
    ...{
      id: `prop_${nonce.slice(0, 26)}`,
      state: 'proposed',
      binding,
      bindingDigest: bindingDigest(binding),
    },
    ...{ plan, attachments: {}, rendering, createdAt: at, updatedAt: at, outcome: null },
  };
  const store = await openSqliteStore({
    directory: path.join(office.folder, 'state'),
    clock: () => new Date(),
  });
  await store.proposals.create(record);
  await store.close();
  return record;
}
