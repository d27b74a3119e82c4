import { generateKeyPairSync } from 'node:crypto';
import type { JsonObject } from '@devops-mcp/contract';
import { describe, expect, it } from 'vitest';
import {
  createExecutor,
  type ExecutionResult,
  type ExecutorDependencies,
} from '../../src/executor/executor.js';
import { recordExecutorOutcome } from '../../src/executor/record-outcome.js';
import type { ActionBinding, ProposalRecord } from '../../src/model.js';
import { proposalId } from '../../src/proposals/binding.js';
import { bindingDigest, documentDigest, planDigest, renderingDigest } from '../../src/proposals/digest.js';
import { renderProposal } from '../../src/proposals/rendering.js';
import { exportProposal } from '../../src/proposals/request-file.js';
import { decisionBy, people } from '../approvals/people.js';
import { propose, scaling, stored } from '../proposals/steps.js';
import { applyDocument, scaleService, testServer } from '../road/company.js';
import { oncall, type TestProcess, testProcess } from '../road/process.js';

const keys = people();
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const inProduction = scaling({ environment: 'production', changeRef: 'CHG-7' });

/** The requester's side, and an executor with everything of its own over the same live system. */
function sides(change: Partial<ExecutorDependencies> = {}) {
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

function approvals(
  record: { readonly bindingDigest: string },
  at: Date,
  signers = [keys.one, keys.two],
): string[] {
  return signers.map((signer) => JSON.stringify(decisionBy(signer, record.bindingDigest, at)));
}

/** What an attacker with everything of the requester's can make: consistent in itself. */
function rebound(record: ProposalRecord, change: Partial<ActionBinding>, plan = record.plan): ProposalRecord {
  const unrendered = { ...record.binding, ...change, planDigest: planDigest(plan) };
  const rendering = renderProposal(unrendered, plan);
  const binding = { ...unrendered, renderingDigest: renderingDigest(rendering) };
  const id = proposalId(binding.nonce);
  return { ...record, id, binding, plan, rendering, bindingDigest: bindingDigest(binding) };
}

const checks = ({ refusals }: ExecutionResult) => refusals.map(({ check }) => check);

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

describe('the executor refuses', () => {
  const refusing = async (
    change: (at: { requester: TestProcess; own: TestProcess }) => void,
    deps: Partial<ExecutorDependencies> = {},
  ) => {
    const { requester, own, run } = sides(deps);
    const record = await propose(requester, inProduction);
    change({ requester, own });
    const end = await run(exportProposal(record), approvals(record, own.now));
    expect(end.state).toBe('refused');
    expect(own.live.applied).toEqual([]);
    expect(own.events.at(-1)).toMatchObject({ phase: 'denied', result: { status: 'denied' } });
    return end;
  };

  it.each([
    [
      'live state',
      ({ own }) => Object.assign(own.live.replicas, { 'production/payments-api': 4 }),
      'observed',
    ],
    ['own policy', ({ own }) => Object.assign(own.policy, { digest: 'c'.repeat(64) }), 'policyDigest'],
    [
      'own limits',
      ({ own }) => Object.assign(own, { limits: { ...own.limits, replicas: { max: 11 } } }),
      'limits',
    ],
    ['own catalog', ({ own }) => Object.assign(own, { owners: {} }), 'blast radius'],
    [
      'own switch',
      ({ own }) => own.switches.push({ scope: '*', blocks: 'writes', by: 'x', reason: 'y', at: '' }),
      'switch',
    ],
    ['own change requests', ({ own }) => Object.assign(own, { changes: {} }), 'approved_change_request'],
    ['own signers', ({ own }) => Object.assign(own, { directory: people().directory }), 'approvals'],
    ['own clock, later', ({ own }) => Object.assign(own, { now: new Date('2025-06-01T13:00:00Z') }), 'time'],
    [
      'own clock, earlier',
      ({ own }) => Object.assign(own, { now: new Date('2025-06-01T11:00:00Z') }),
      'time',
    ],
  ] as [string, (at: { requester: TestProcess; own: TestProcess }) => unknown, string][])(
    'when its %s says otherwise',
    async (_, change, check) => {
      expect(checks(await refusing(change))).toContain(check);
    },
  );

  it('while its own audit log cannot be written, and says so', async () => {
    const { requester, own, run } = sides();
    const record = await propose(requester, inProduction);
    own.auditFails = true;
    const end = await run(exportProposal(record), approvals(record, own.now));
    expect(checks(end)).toContain('audit');
    expect(own.live.applied).toEqual([]);
  });

  it('what was made for somebody else, or by another release or definition', async () => {
    const other = { executor: { id: 'other-executor', kind: 'ci' } } as const;
    expect(checks(await refusing(() => {}, other))).toContain('audience');
    const facts = { ...testProcess().deps.facts, version: '0.2.0' };
    expect(checks(await refusing(() => {}, { facts }))).toContain('audience');
    const loose = { ...scaleService, blastRadius: { ...scaleService.blastRadius, replicas: 5000 } };
    const server = { ...testServer, actions: [loose] };
    expect(checks(await refusing(() => {}, { server }))).toContain('toolDigest');
    const without = { ...testServer, actions: [] };
    expect(checks(await refusing(() => {}, { server: without }))).toContain('execution');
  });

  it('every field that an attacker rebinds, even with true signatures over it', async () => {
    const { requester, own, run } = sides();
    const record = await propose(requester, inProduction);
    const args = (change: JsonObject) => ({ arguments: { ...record.binding.arguments, ...change } });
    const attempts: [Partial<ActionBinding>, string][] = [
      [args({ replicas: 6 }), 'planDigest'],
      [args({ replicas: 500 }), 'blast radius'],
      [args({ service: 'orders-api' }), 'target'],
      [args({ environment: 'staging' }), 'target'],
      [{ environmentClass: 'staging' }, 'environmentClass'],
      [{ effectiveTier: 2 }, 'effectiveTier'],
      [{ toolDigest: '0'.repeat(64) }, 'toolDigest'],
      [{ policyDigest: '0'.repeat(64) }, 'policyDigest'],
      [{ requirements: [] }, 'requirements'],
      [{ limits: {} }, 'limits'],
      [{ blastRadius: {} }, 'blastRadius'],
      [{ observed: { replicas: 4 } }, 'observed'],
      [{ reversal: { kind: 'reversible', how: 'easily' } }, 'reversal'],
      [{ changeRef: null }, 'approved_change_request'],
      [{ requester: { ...record.binding.requester, subject: 'approver-one@example.com' } }, 'approvals'],
      [{ expiresAt: '2025-06-01T17:00:00.000Z' }, 'time'],
      [{ requestedAt: '2025-06-01T12:05:00.000Z', expiresAt: '2025-06-01T12:30:00.000Z' }, 'time'],
      [{ executor: 'local' }, 'audience'],
      [{ server: 'other' }, 'audience'],
      [{ tool: 'note_service' }, 'plan'],
    ];
    for (const [change, check] of attempts) {
      const forged = rebound(record, change);
      const end = await run(exportProposal(forged), approvals(forged, own.now));
      expect(checks(end), JSON.stringify(change)).toContain(check);
    }
    const plan = { ...record.plan, change: { ...record.plan.change, replicas: 50 } };
    const swapped = rebound(record, {}, plan);
    expect(checks(await run(exportProposal(swapped), approvals(swapped, own.now)))).toEqual(['planDigest']);
    expect(own.live.applied).toEqual([]);
  });

  it('a requester who claims to be proven: two people are needed all the same', async () => {
    const { requester, own, run } = sides();
    const record = await propose(requester, inProduction);
    const claimed = rebound(record, {
      requester: { ...record.binding.requester, assurance: 'authenticated' },
    });
    const end = await run(exportProposal(claimed), approvals(claimed, own.now, [keys.one]));
    expect(end.refusals.map(({ reason }) => reason).join()).toContain('1 of 2 needed approvals');
  });

  it('approvals that are forged, missing, too few, not enrolled or for another proposal', async () => {
    const { requester, own, run } = sides();
    const record = await propose(requester, inProduction);
    const other = await propose(requester, inProduction);
    const forger = people();
    const noTouch = {
      sign: (namespace: string, message: string) =>
        keys.two.signWith({ userPresent: false, userVerified: false }, namespace, message),
    };
    const [one = '', two = ''] = approvals(record, own.now);
    const forged = JSON.stringify(decisionBy(noTouch, record.bindingDigest, own.now));
    const renamed = JSON.stringify({
      ...JSON.parse(approvals(other, own.now)[1] ?? ''),
      bindingDigest: record.bindingDigest,
    });
    const bundles: [string[], string][] = [
      [[], '0 of 2'],
      [[one], '1 of 2'],
      [[one, one], '1 of 2'],
      [[one, forged], 'without anybody touching'],
      [[one, renamed], 'does not verify'],
      [[one, approvals(record, own.now, [forger.two])[0] ?? ''], 'not among the allowed signers'],
      [[one, approvals(record, own.now, [keys.stranger])[0] ?? ''], 'without enrolment'],
      [[one, JSON.stringify(decisionBy(keys.plain, record.bindingDigest, own.now))], 'plain key'],
      [
        [one, two, JSON.stringify(decisionBy(keys.two, record.bindingDigest, own.now, 'reject'))],
        'Rejected by',
      ],
      [[one, two, '{}'], 'not an approval'],
    ];
    for (const [files, problem] of bundles) {
      const end = await run(exportProposal(record), files);
      expect(end.state).toBe('refused');
      expect(end.refusals.map(({ reason }) => reason).join(), problem).toContain(problem);
    }
    expect(own.live.applied).toEqual([]);
    expect((await run(exportProposal(record), [one, two])).state).toBe('succeeded');
  });

  it('what it cannot read, and records that', async () => {
    const { own, run } = sides();
    const end = await run('{"format":"devops-mcp/request/v1"}', []);
    expect(end).toMatchObject({ state: 'refused', refusals: [{ check: 'request' }] });
    expect(own.events).toHaveLength(1);
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
    await expect(take({ record: other })).rejects.toThrow('another proposal');
    await expect(take({ outcomeFile: file.replace('succeeded', 'failed') })).rejects.toThrow('not signed by');
    await expect(take({ outcomeFile: 'x' })).rejects.toThrow('not the report');
    expect((await stored(requester, record.id)).state).toBe('awaiting_approval');
  });
});
