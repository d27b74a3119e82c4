import type { JsonObject } from '@devops-mcp/contract';
import { describe, expect, it } from 'vitest';
import type { ExecutorDependencies } from '../../src/executor/executor.js';
import type { ActionBinding } from '../../src/model.js';
import { exportProposal } from '../../src/proposals/request-file.js';
import { decisionBy, people } from '../approvals/people.js';
import { propose, rebound } from '../proposals/steps.js';
import { scaleService, testServer } from '../road/company.js';
import { type TestProcess, testProcess } from '../road/process.js';

import { approvals, checks, inProduction, keys, sides } from './sides.js';

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
