import { describe, expect, it } from 'vitest';
import { noteService, scaleService } from '../road/company.js';
import { answered, failed, request, testProcess } from '../road/process.js';
import { noting, scaling } from './steps.js';

const inProduction = scaling({ environment: 'production', changeRef: 'CHG-7' });

describe('requirements', () => {
  it('shows every requirement with its evidence, and is honest about the log', async () => {
    const world = testProcess();
    const { required } = answered(await world.road.propose(scaleService, request(inProduction)));
    expect(required).toHaveLength(5);
    const text = JSON.stringify(required);
    expect(text).toContain('change request CHG-7, approved by change-board@example.com');
    expect(text).toContain('gitops-executor (control-plane)');
    expect(text).toContain('an acknowledged export is not part of this version');
  });

  it('lists every missing requirement and how to meet it', async () => {
    const world = testProcess({ executors: [] });
    world.policy.decide = () => ({
      effect: 'allow_with_conditions',
      requirements: [
        'owner_scope_check',
        'change_ticket_or_issue_link',
        'approved_change_request',
        'break_glass_runbook',
        'multi_party_approval',
        'recorded_session',
        'log_to_siem',
      ],
      exceptions: [],
      rules: ['strict'],
    });
    world.members = {};
    const error = failed(
      await world.road.propose(noteService, request({ ...noting(), changeRef: undefined })),
    );
    expect(error.code).toBe('denied');
    const missing = error.details?.missing as { name: string; how: string }[];
    expect(missing.map(({ name }) => name)).toEqual([
      'owner_scope_check',
      'change_ticket_or_issue_link',
      'approved_change_request',
      'break_glass_runbook',
      'multi_party_approval',
      'recorded_session',
    ]);
    expect(missing.every(({ how }) => how.length > 10)).toBe(true);
  });

  it.each([
    ['unknown', {}, 'no change request'],
    ['draft', { status: 'draft' }, 'have it approved'],
    ['approved by nobody', { approvedBy: null }, 'who approved'],
    ['approved by its requester', { approvedBy: 'user:default/oncall' }, 'its own requester'],
    ['approved by its requester under an address', { approvedBy: 'Oncall@example.com' }, 'its own requester'],
    [
      'approved by its other requester',
      { requester: 'x@example.com', approvedBy: 'x@example.com' },
      'its own requester',
    ],
    ['for another service', { services: ['orders-api'] }, 'does not cover payments-api'],
    ['for another environment', { environments: ['staging'] }, 'does not cover production'],
    ['for later', { window: { start: new Date('2025-06-02'), end: new Date('2025-06-03') } }, 'not now'],
  ])('does not take a change request that is %s', async (_, change, problem) => {
    const world = testProcess();
    const [known] = Object.values(world.changes);
    world.changes =
      Object.keys(change).length === 0 || known === undefined ? {} : { 'CHG-7': { ...known, ...change } };
    const error = failed(await world.road.propose(scaleService, request(inProduction)));
    expect(error.hint).toContain(problem);
  });

  it.each([
    'CHG-12',
    'INC-7',
    '#12',
    'acme/shop#12',
    'alert:HighErrorRate',
    'incident://INC-7',
    'https://t.example.com/1',
  ])('takes %s as a link', async (changeRef) => {
    const world = testProcess();
    answered(await world.road.propose(noteService, request(noting({ changeRef }))));
  });

  it.each(['yes', 'please', '-', 'http://t.example.com/1', 'approved by boss'])(
    'does not take %s as a link',
    async (changeRef) => {
      const world = testProcess();
      const error = failed(await world.road.propose(noteService, request(noting({ changeRef }))));
      expect(error.hint).toContain('change_ticket_or_issue_link');
    },
  );
});
