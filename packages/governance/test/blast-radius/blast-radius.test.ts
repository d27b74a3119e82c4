import type { BlastRadius, OwnerLimits, Ownership } from '@devops-mcp/contract';
import { describe, expect, it } from 'vitest';
import { checkBlastRadius, checkWindows, consumeWindows } from '../../src/limits/blast-radius.js';
import { memoryStore } from '../road/memory-store.js';

const at = new Date('2025-06-01T12:00:00Z');
const limits: OwnerLimits = {
  replicas: { max: 12 },
  replicasAdded: { max: 4, step: 2, window: { sum: 4, perMinutes: 60 } },
};

function check(
  planned: BlastRadius,
  change: {
    owner?: string | undefined;
    limits?: OwnerLimits;
    services?: string[];
    dependents?: string[];
  } = {},
) {
  const ownership: Ownership = {
    ownerOf: () => ('owner' in change ? change.owner : 'group:default/team-payments'),
    limitsOf: (_, environment) => (environment === 'production' ? (change.limits ?? limits) : undefined),
    dependentsOf: () => change.dependents ?? [],
    isMember: () => true,
    knows: () => true,
    closest: () => [],
  };
  const services = change.services ?? ['payments-api'];
  return checkBlastRadius({
    ceilings: { replicas: 50, replicasAdded: 20, capacityRemovedShare: 0.5, dependents: 10 },
    planned,
    target: { environment: 'production', services },
    environment: 'production',
    ownership,
  });
}

const scale = (from: number, to: number) => check({ replicas: to, replicasAdded: Math.abs(to - from) });

describe('blast radius', () => {
  it('lets 3 to 5 pass and refuses 3 to 100, with every limit that is passed', () => {
    expect(scale(3, 5).problems).toEqual([]);
    const { problems } = scale(3, 100);
    expect(problems.join('\n')).toContain("replicas: 100 is over the action's ceiling of 50");
    expect(problems.join('\n')).toContain('devops-mcp.service.yaml: limits.production.replicas.max');
    expect(problems.join('\n')).toContain('limits.production.replicasAdded.step');
  });

  it('refuses 3 to 5 to 7 to 9 by steps, until the window has passed', async () => {
    const { counters } = memoryStore();
    for (const [from, to] of [
      [3, 5],
      [5, 7],
    ] as const) {
      const { problems, windows } = scale(from, to);
      expect(problems).toEqual([]);
      expect(await checkWindows(windows, counters, at)).toEqual([]);
      expect(await consumeWindows(windows, counters, at)).toEqual([]);
    }
    const third = scale(7, 9);
    expect(third.problems).toEqual([]);
    expect(await checkWindows(third.windows, counters, at)).toHaveLength(1);
    expect(await consumeWindows(third.windows, counters, at)).toHaveLength(1);
    const later = new Date(at.getTime() + 61 * 60_000);
    expect(await checkWindows(third.windows, counters, later)).toEqual([]);
  });

  it('counts nothing when it only checks', async () => {
    const { counters } = memoryStore();
    const { windows } = scale(3, 5);
    for (let round = 0; round < 5; round += 1) expect(await checkWindows(windows, counters, at)).toEqual([]);
  });

  it('refuses without an owner or a limit and says which key to add where', () => {
    expect(check({ replicas: 5 }, { owner: undefined }).problems[0]).toContain('spec.owner');
    expect(check({ replicas: 5 }, { limits: {} }).problems[0]).toContain(
      'limits.production.replicas: { max: ... }',
    );
    expect(check({ replicas: 5 }, { limits: { replicas: {} } }).problems).toHaveLength(1);
    expect(check({ replicas: 5 }, { services: [] }).problems[0]).toContain('name the service');
  });

  it('refuses a dimension that the action does not declare', () => {
    expect(check({ podsRestarted: 1 }).problems[0]).toContain('does not declare');
  });

  it('does not count what is zero', () => {
    expect(check({ capacityRemovedShare: 0 })).toMatchObject({ problems: [], limits: {} });
  });

  it('measures dependents itself, whatever the plan says', () => {
    const dependents = ['a', 'b', 'c'];
    const { measured, problems } = check(
      { dependents: 1 },
      { dependents, limits: { dependents: { max: 2 } } },
    );
    expect(measured.dependents).toBe(3);
    expect(problems).toHaveLength(1);
  });

  it.each([
    ['a share of a share', { capacityRemovedShare: 0.4 }, { capacityRemovedShare: { share: 0.34 } }, 1],
    [
      'added to three',
      { replicas: 4, replicasAdded: 1 },
      { replicas: { share: 0.34 }, replicasAdded: { max: 5 } },
      0,
    ],
    [
      'added to two',
      { replicas: 3, replicasAdded: 1 },
      { replicas: { share: 0.34 }, replicasAdded: { max: 5 } },
      1,
    ],
    ['a share of nothing known', { replicas: 4 }, { replicas: { share: 0.9 } }, 1],
    [
      'a step of a level',
      { replicas: 6, replicasAdded: 3 },
      { replicas: { step: 2 }, replicasAdded: { max: 5 } },
      1,
    ],
    ['a step of unknown size', { replicas: 6 }, { replicas: { step: 2 } }, 1],
  ] as const)('judges %s', (_, planned, limit, count) => {
    expect(check(planned, { limits: limit }).problems).toHaveLength(count);
  });

  it('takes the strictest of several owners', () => {
    const { problems } = check({ replicas: 13 }, { services: ['payments-api', 'orders-api'] });
    expect(problems).toHaveLength(2);
  });
});
