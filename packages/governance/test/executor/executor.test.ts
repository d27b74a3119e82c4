import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signOutcome, verifyOutcome } from '../../src/executor/outcome-file.js';
import { recordExecutorOutcome } from '../../src/executor/record-outcome.js';
import { documentDigest } from '../../src/proposals/digest.js';
import { exportProposal } from '../../src/proposals/request-file.js';
import { propose, stored } from '../proposals/steps.js';
import { applyDocument } from '../road/company.js';
import { oncall } from '../road/process.js';

import { approvals, checks, inProduction, privatePem, publicPem, sides } from './sides.js';

describe('the executor', () => {
  it('applies what two enrolled people approved, once, and reports it signed', async () => {
    const { requester, own, run } = sides();
    const record = await propose(requester, inProduction);
    const files = approvals(record, own.now);
    const done = await run(exportProposal(record), files);
    expect(done.refusals).toEqual([]);
    expect(done).toMatchObject({
      state: 'succeeded',
      bindingDigest: record.bindingDigest,
      rendering: record.rendering,
    });
    expect(own.live.replicas['production/payments-api']).toBe(5);
    expect(requester.live.applied).toEqual([]);
    const trail = own.events.map(({ eventType, phase, result }) => `${eventType} ${phase} ${result.status}`);
    expect(trail).toEqual(['mcp.execution intent pending', 'mcp.execution result success']);
    own.live.replicas['production/payments-api'] = 3;
    expect(checks(await run(exportProposal(record), files))).toContain('consumed');
    expect(own.live.applied).toHaveLength(1);

    const given = {
      record,
      outcomeFile: done.outcomeFile ?? '',
      executor: { id: 'gitops-executor', publicKey: publicPem },
    };
    const by = { caller: oncall, trace: { traceId: '', traceparent: null } };
    const known = await recordExecutorOutcome({ ...requester.deps, store: requester.store }, given, by);
    expect(known).toMatchObject({ state: 'succeeded', outcome: { artifactRef: 'commit-1' } });
    expect(
      await recordExecutorOutcome(
        { ...requester.deps, store: requester.store },
        { ...given, record: known },
        by,
      ),
    ).toEqual(known);
  });

  it('applies once when the same grant is handed in twelve times at a moment', async () => {
    const { requester, own, run } = sides();
    const record = await propose(requester, inProduction);
    const files = approvals(record, own.now);
    const ends = await Promise.all(Array.from({ length: 12 }, () => run(exportProposal(record), files)));
    expect(ends.filter(({ state }) => state === 'succeeded')).toHaveLength(1);
    expect(ends.filter(({ state }) => state === 'refused')).toHaveLength(11);
    expect(own.live.applied).toHaveLength(1);
  });

  it('applies a stored plan from the documents that travel with the request', async () => {
    const { requester, own, run } = sides();
    const document = { environment: 'production', service: 'payments-api', revision: 'r1' };
    requester.documents = { [documentDigest(document)]: document };
    const args = { planId: documentDigest(document), reason: 'roll back', changeRef: 'CHG-7' };
    const record = await propose(requester, args, applyDocument as never);
    expect(own.documents).toEqual({});
    expect((await run(exportProposal(record), approvals(record, own.now))).refusals).toEqual([]);
    expect(own.live.applied[0]?.change).toEqual(document);
    const bare = await run(exportProposal({ ...record, attachments: {} }), approvals(record, own.now));
    expect(bare.refusals.map(({ reason }) => reason).join()).toContain('does not carry the document');
  });

  it('reports no success that it did not see', async () => {
    const { requester, own, run } = sides();
    own.live.verifies = false;
    const record = await propose(requester, inProduction);
    expect((await run(exportProposal(record), approvals(record, own.now))).state).toBe('ambiguous');
  });
});

describe("the executor's report", () => {
  it('is taken from its key alone, and only about its proposal', async () => {
    const { requester, own, run } = sides();
    const record = await propose(requester, inProduction);
    const other = await propose(requester, inProduction);
    const done = await run(exportProposal(record), approvals(record, own.now));
    const file = done.outcomeFile ?? '';
    const by = { caller: oncall, trace: { traceId: '', traceparent: null } };
    const deps = { ...requester.deps, store: requester.store };
    const executor = { id: 'gitops-executor', publicKey: publicPem };
    const stranger = generateKeyPairSync('ed25519')
      .publicKey.export({ type: 'spki', format: 'pem' })
      .toString();
    const take = (given: object) =>
      recordExecutorOutcome(deps, { record, outcomeFile: file, executor, ...given }, by);
    await expect(take({ executor: { ...executor, publicKey: stranger } })).rejects.toThrow('not signed by');
    await expect(take({ executor: { ...executor, id: 'other' } })).rejects.toThrow('another executor');
    const named = { ...verifyOutcome(file, publicPem), executor: 'other' };
    await expect(take({ outcomeFile: signOutcome(named, privatePem) })).rejects.toThrow('another executor');
    await expect(take({ record: other })).rejects.toThrow('another proposal');
    await expect(take({ outcomeFile: file.replace('succeeded', 'failed') })).rejects.toThrow('not signed by');
    await expect(take({ outcomeFile: 'x' })).rejects.toThrow('not the report');
    expect((await stored(requester, record.id)).state).toBe('awaiting_approval');
  });
});
