import { describe, expect, it } from 'vitest';
import { createRoad } from '../../src/pipeline.js';
import { people } from '../approvals/people.js';
import { answered, failed, oncall, request, testProcess } from '../road/process.js';
import { propose, scaling } from './steps.js';

const _inProduction = scaling({ environment: 'production', changeRef: 'CHG-7' });

describe('a proposal', () => {
  it('is not seen by another server on the same store', async () => {
    const world = testProcess();
    const record = await propose(world, scaling());
    const road = createRoad({ ...world.deps, facts: { ...world.deps.facts, name: 'other' } });
    expect(failed(await road.getProposal(request({ proposalId: record.id }))).code).toBe('not_found');
    expect(answered(await road.listProposals(request({}))).proposals).toEqual([]);
  });

  it('may be seen by its requester and by who may decide, and by nobody else', async () => {
    const world = testProcess();
    world.directory = people().directory;
    const record = await propose(world, scaling());
    const by = (subject: string) =>
      world.road.getProposal(request({ proposalId: record.id }, { caller: { ...oncall, subject } }));
    expect(answered(await by('user:default/oncall')).rendering).toBe(record.rendering);
    expect(answered(await by('approver-one@example.com')).proposalId).toBe(record.id);
    expect(failed(await by('someone@example.com')).code).toBe('not_found');
    const listed = answered(await world.road.listProposals(request({})));
    expect(listed.proposals).toHaveLength(1);
    const others = await world.road.listProposals(
      request({}, { caller: { ...oncall, subject: 'x@example.com' } }),
    );
    expect(answered(others).proposals).toEqual([]);
  });

  it('is cancelled by its requester alone, even while writes are off', async () => {
    const world = testProcess();
    const record = await propose(world, scaling());
    const someone = { caller: { ...oncall, subject: 'x@example.com' } };
    expect(failed(await world.road.cancelProposal(request({ proposalId: record.id }, someone))).code).toBe(
      'not_found',
    );
    world.switches.push({ scope: '*', blocks: 'writes', by: 'x@example.com', reason: 'drill', at: '' });
    expect(answered(await world.road.cancelProposal(request({ proposalId: record.id }))).state).toBe(
      'cancelled',
    );
    expect(failed(await world.road.cancelProposal(request({ proposalId: record.id }))).code).toBe('conflict');
    const steps = world.events.map(({ eventType, result, approval }) => [
      eventType,
      result.status,
      approval.status,
    ]);
    expect(steps).toContainEqual(['mcp.proposal', 'pending', 'pending']);
    expect(steps).toContainEqual(['mcp.proposal', 'success', 'rejected']);
  });
});
