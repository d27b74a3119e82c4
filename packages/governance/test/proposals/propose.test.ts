import { describe, expect, it } from 'vitest';
import { bindingDigest, documentDigest, renderingDigest } from '../../src/proposals/digest.js';
import { proposalInput, proposalOutput } from '../../src/proposals/proposal-schemas.js';
import { applyDocument, noteService, scaleService } from '../road/company.js';
import { answered, failed, oncall, request, testProcess } from '../road/process.js';
import { noting, propose, scaling, stored } from './steps.js';

const inProduction = scaling({ environment: 'production', changeRef: 'CHG-7' });

describe('proposing', () => {
  it('plans, changes nothing, and answers with what a person will be asked', async () => {
    const world = testProcess();
    const answer = answered(await world.road.propose(scaleService, request(inProduction)));
    const { text, ...structured } = answer;
    expect(proposalOutput.strict().parse(structured)).toEqual(structured);
    expect(answer).toMatchObject({ state: 'awaiting_approval', tier: 3, action: 'scale_service' });
    expect(answer.rendering).toContain('payments-api: 3 to 5 replicas');
    expect(text).toContain(String(answer.rendering));
    const { bindingDigest: digest } = answer;
    const record = await stored(world, String(answer.proposalId));
    expect(record.bindingDigest).toBe(digest);
    expect(bindingDigest(record.binding)).toBe(digest);
    expect(renderingDigest(record.rendering)).toBe(record.binding.renderingDigest);
    expect(record.binding).toMatchObject({
      executor: 'gitops-executor',
      effectiveTier: 3,
      observed: { replicas: 3 },
    });
    expect(world.live.applied).toEqual([]);
    expect(world.principals.some((used) => used.endsWith(':write'))).toBe(false);
  });

  it('requires a reason and refuses other arguments', async () => {
    const { road } = testProcess();
    expect(
      failed(await road.propose(scaleService, request({ ...scaling(), reason: undefined }))).message,
    ).toContain('reason');
    expect(failed(await road.propose(scaleService, request(scaling({ reason: 'x'.repeat(501) })))).code).toBe(
      'invalid_input',
    );
    expect(failed(await road.propose(scaleService, request(scaling({ confirm: true })))).message).toContain(
      'confirm',
    );
    expect(Object.keys(proposalInput(scaleService).shape)).toEqual([
      'environment',
      'service',
      'replicas',
      'reason',
      'changeRef',
    ]);
  });

  it('refuses beyond the limits, and what has no owner', async () => {
    const world = testProcess();
    const far = failed(await world.road.propose(scaleService, request(scaling({ replicas: 100 }))));
    expect(far.code).toBe('limit_exceeded');
    expect(far.message).toContain("over the owner's max of 12");
    world.owners = {};
    expect(failed(await world.road.propose(scaleService, request(scaling()))).message).toContain(
      'has no owner',
    );
    expect(world.events.every(({ phase }) => phase === 'denied')).toBe(true);
  });

  it('refuses tier 4 whatever else is brought', async () => {
    const world = testProcess();
    world.policy.decide = () => ({
      effect: 'require_human_approval',
      requirements: [],
      exceptions: [],
      rules: [],
    });
    const down = scaling({ environment: 'production', replicas: 0, changeRef: 'CHG-7' });
    const error = failed(await world.road.propose(scaleService, request(down)));
    expect(error).toMatchObject({ code: 'denied' });
    expect(error.hint).toContain('break-glass');
  });

  it('takes a classifier that fails, or says something else, for tier 4', async () => {
    const { road } = testProcess();
    for (const classify of [
      () => {
        throw new Error('cannot tell');
      },
      () => 1 as never,
    ]) {
      const error = failed(await road.propose({ ...scaleService, classify }, request(scaling())));
      expect(error.code).toBe('denied');
    }
    const lower = { ...scaleService, classify: () => 2 as const };
    expect(answered(await road.propose(lower, request(scaling()))).tier).toBe(3);
  });

  it('raises a note that hides signals for long to tier 3 in production only', async () => {
    const world = testProcess();
    world.policy.decide = ({ actionTier }) => ({
      effect: actionTier === 3 ? 'require_human_approval' : 'allow',
      requirements: [],
      exceptions: [],
      rules: [],
    });
    const long = answered(await world.road.propose(noteService, request(noting({ minutes: 45 }))));
    expect(long).toMatchObject({ tier: 3, state: 'awaiting_approval' });
    const short = answered(await world.road.propose(noteService, request(noting({ minutes: 15 }))));
    expect(short).toMatchObject({ tier: 2, state: 'proposed' });
  });

  it('is refused while not ready, unwritable, switched off or over open HTTP', async () => {
    const notReady = testProcess({ readiness: { readOnly: true, why: 'readiness item 3 (policy)' } });
    expect(failed(await notReady.road.propose(scaleService, request(scaling()))).message).toContain('item 3');
    const world = testProcess();
    const open = { ...oncall, transport: 'streamable-http' as const };
    expect(failed(await world.road.propose(scaleService, request(scaling(), { caller: open }))).code).toBe(
      'denied',
    );
    world.auditFails = true;
    expect(failed(await world.road.propose(scaleService, request(scaling()))).code).toBe('unavailable');
    world.auditFails = false;
    const off = { blocks: 'writes', by: 'x@example.com', reason: 'drill', at: '' } as const;
    world.switches.push({ scope: 'tool:cluster/scale_service', ...off });
    expect(failed(await world.road.propose(scaleService, request(scaling()))).code).toBe('switched_off');
  });

  it('is not applied here in production where the caller can pass the suite by, and says so elsewhere', async () => {
    const notEnforced = 'Not enforced on this machine: 2 way(s).';
    const { road, policy } = testProcess({ readiness: { readOnly: false, why: null, notEnforced } });
    policy.decide = () => ({ effect: 'allow', requirements: [], exceptions: [], rules: [] });
    const here = failed(await road.propose(noteService, request(noting({ minutes: 15 }))));
    expect(here).toMatchObject({ code: 'denied', message: expect.stringContaining(notEnforced) });
    const byExecutor = answered(await road.propose(scaleService, request(inProduction)));
    expect(byExecutor.next).toMatch(/^Not enforced on this machine: 2 way\(s\)\. An approver/);
    const staging = { ...noting({ minutes: 15 }), environment: 'staging' };
    expect(answered(await road.propose(noteService, request(staging))).next).not.toContain('enforced');
  });

  it('is not executed here in production when the finding came after it was proposed', async () => {
    const readiness = { readOnly: false, why: null, notEnforced: null as string | null };
    const world = testProcess({ readiness });
    world.policy.decide = () => ({ effect: 'allow', requirements: [], exceptions: [], rules: [] });
    const { proposalId } = answered(await world.road.propose(noteService, request(noting({ minutes: 15 }))));
    readiness.notEnforced = 'Not enforced on this machine: 1 way(s).';
    const error = failed(await world.road.executeProposal(request({ proposalId })));
    expect(error).toMatchObject({ code: 'denied', message: expect.stringContaining('Not enforced') });
  });

  it('leaves tier 3 in production to an executor whatever policy says', async () => {
    const world = testProcess();
    world.policy.decide = () => ({ effect: 'allow', requirements: [], exceptions: [], rules: [] });
    const record = await propose(world, inProduction);
    expect(record).toMatchObject({ state: 'awaiting_approval', binding: { executor: 'gitops-executor' } });
  });

  it('acts only in the classes of environment that the action declares', async () => {
    const { road } = testProcess();
    const error = failed(
      await road.propose({ ...scaleService, environments: ['production'] }, request(scaling())),
    );
    expect(error).toMatchObject({ code: 'denied', hint: 'It acts in: production.' });
  });

  it('needs somebody who could confirm and somebody who could apply', async () => {
    const alone = testProcess({ approvers: undefined });
    expect(failed(await alone.road.propose(scaleService, request(scaling()))).hint).toContain('approvers');
    const without = testProcess({ executors: [] });
    expect(failed(await without.road.propose(scaleService, request(inProduction))).hint).toContain(
      'executors',
    );
  });

  it('stores nothing when the record cannot be written', async () => {
    const world = testProcess();
    const { audit } = world.deps;
    const road = testProcess({ audit: { ...audit, durable: () => Promise.reject(new Error('disk full')) } });
    expect(failed(await road.road.propose(scaleService, request(scaling()))).code).toBe('internal');
    expect(await road.store.proposals.list({ limit: 10 })).toEqual([]);
  });

  it('carries the documents that the plan refers to', async () => {
    const world = testProcess();
    const document = { environment: 'staging', service: 'payments-api', revision: 'r1' };
    const id = documentDigest(document);
    world.documents = { [id]: document };
    const record = await propose(world, { planId: id, reason: 'roll back' }, applyDocument as never);
    expect(record.attachments).toEqual({ [id]: document });
    expect(record.binding.target).toEqual({ environment: 'staging', services: ['payments-api'] });
    world.documents = { [id]: { ...document, revision: 'r2' } };
    const error = failed(
      await world.road.propose(applyDocument, request({ planId: id, reason: 'roll back' })),
    );
    expect(error.code).toBe('conflict');
  });

  it('refuses a plan that nobody could read', async () => {
    const world = testProcess();
    const wide: typeof scaleService = {
      ...scaleService,
      plan: async (call) => ({ ...(await scaleService.plan(call)), diff: 'x\n'.repeat(15_000) }),
    };
    expect(failed(await world.road.propose(wide, request(scaling()))).code).toBe('limit_exceeded');
    expect(await world.store.proposals.list({ limit: 10 })).toEqual([]);
  });
});
