import { beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/index.js';
import { exampleApproval, exampleProposal } from './example-records.js';

const start = Date.parse('2026-03-01T10:00:00Z');
const at = (seconds: number) => new Date(start + seconds * 1_000);

/** What every implementation of `Store` does. */
export function describeStore(name: string, open: (clock: () => Date) => Promise<Store>): void {
  describe(name, () => {
    let store: Store;
    let now: Date;
    beforeEach(async () => {
      now = at(0);
      store = await open(() => now);
      return () => store.close();
    });

    it('keeps a proposal and refuses a second of the same id', async () => {
      const proposal = exampleProposal();
      await store.proposals.create(proposal);
      expect(await store.proposals.get(proposal.id)).toEqual(proposal);
      await expect(store.proposals.create(proposal)).rejects.toMatchObject({ code: 'conflict' });
      expect(await store.proposals.get('prop_unknown')).toBeUndefined();
    });

    it('moves a proposal only from the states named and keeps the outcome', async () => {
      await store.proposals.create(exampleProposal({ state: 'approved' }));
      const { id } = exampleProposal();
      const later = at(5).toISOString();
      expect(await store.proposals.transition(id, ['proposed'], 'consumed', later)).toBe(false);
      expect(await store.proposals.transition(id, ['proposed', 'approved'], 'consumed', later)).toBe(true);
      expect(await store.proposals.transition(id, ['proposed', 'approved'], 'consumed', later)).toBe(false);
      expect(await store.proposals.transition(id, ['consumed'], 'succeeded', later, { commit: 'abc' })).toBe(
        true,
      );
      expect(await store.proposals.get(id)).toMatchObject({
        state: 'succeeded',
        updatedAt: later,
        outcome: { commit: 'abc' },
      });
      expect(await store.proposals.transition('prop_unknown', ['proposed'], 'consumed', later)).toBe(false);
    });

    it('lists proposals newest first, by state, person and server, up to the limit', async () => {
      const make = (number: number, change: Parameters<typeof exampleProposal>[0]) =>
        store.proposals.create(
          exampleProposal({ id: `prop_${number}`, createdAt: at(number).toISOString(), ...change }),
        );
      await make(1, {});
      await make(2, { subject: 'user:default/other' });
      await make(3, { server: 'rollback', state: 'approved' });
      await make(4, { state: 'rejected' });
      const ids = async (filter: Parameters<Store['proposals']['list']>[0]) =>
        (await store.proposals.list(filter)).map((proposal) => proposal.id);
      expect(await ids({ limit: 10 })).toEqual(['prop_4', 'prop_3', 'prop_2', 'prop_1']);
      expect(await ids({ limit: 2 })).toEqual(['prop_4', 'prop_3']);
      expect(await ids({ limit: 10, states: ['proposed', 'approved'] })).toEqual([
        'prop_3',
        'prop_2',
        'prop_1',
      ]);
      expect(await ids({ limit: 10, subject: 'user:default/other' })).toEqual(['prop_2']);
      expect(await ids({ limit: 10, server: 'rollback', states: ['approved'] })).toEqual(['prop_3']);
      expect(await ids({ limit: 10, states: [] })).toEqual([]);
    });

    it('keeps approvals in order, by proposal', async () => {
      const first = exampleApproval('prop_1', 'approver-one@example.com');
      const second = exampleApproval('prop_1', 'approver-two@example.com');
      await store.approvals.add(first);
      await store.approvals.add(second);
      await store.approvals.add(exampleApproval('prop_2', 'approver-one@example.com'));
      expect(await store.approvals.list('prop_1')).toEqual([first, second]);
    });

    it('lets a key be used once in each space', async () => {
      expect(await store.singleUse.used('binding', 'k')).toBe(false);
      expect(await store.singleUse.use('binding', 'k', at(0).toISOString())).toBe(true);
      expect(await store.singleUse.use('binding', 'k', at(1).toISOString())).toBe(false);
      expect(await store.singleUse.use('request-state', 'k', at(1).toISOString())).toBe(true);
      expect(await store.singleUse.used('binding', 'k')).toBe(true);
    });

    it('adds up a window, refuses past the maximum without adding, and says when it fits', async () => {
      const minute = 60_000;
      expect(await store.counters.add('k', 3, minute, 5, at(0))).toEqual({
        allowed: true,
        sum: 3,
        retryAt: null,
      });
      expect(await store.counters.add('k', 2, minute, 5, at(10))).toEqual({
        allowed: true,
        sum: 5,
        retryAt: null,
      });
      expect(await store.counters.add('k', 1, minute, 5, at(20))).toEqual({
        allowed: false,
        sum: 5,
        retryAt: at(60),
      });
      expect(await store.counters.add('k', 4, minute, 5, at(20))).toEqual({
        allowed: false,
        sum: 5,
        retryAt: at(70),
      });
      expect(await store.counters.add('k', 6, minute, 5, at(20))).toEqual({
        allowed: false,
        sum: 5,
        retryAt: null,
      });
      expect(await store.counters.sum('k', minute, at(59))).toBe(5);
      expect(await store.counters.sum('k', minute, at(60))).toBe(2);
      expect((await store.counters.add('k', 3, minute, 5, at(60))).allowed).toBe(true);
      expect(await store.counters.sum('other', minute, at(60))).toBe(0);
    });

    it('counts shares without being fooled by fractions', async () => {
      for (const second of [0, 1, 2]) {
        expect((await store.counters.add('share', 0.1, 60_000, 0.3, at(second))).allowed).toBe(true);
      }
      expect((await store.counters.add('share', 0.01, 60_000, 0.3, at(3))).allowed).toBe(false);
    });

    it('frees nothing when the clock is set back or an amount is negative', async () => {
      await store.counters.add('k', 5, 60_000, 5, at(3_600));
      expect(await store.counters.add('k', 1, 60_000, 5, at(0))).toMatchObject({ allowed: false, sum: 5 });
      await expect(store.counters.add('k', -5, 60_000, 5, at(3_600))).rejects.toMatchObject({
        code: 'internal',
      });
      await expect(store.counters.add('k', Number.NaN, 60_000, 5, at(0))).rejects.toMatchObject({
        code: 'internal',
      });
    });

    it('remembers additions for a window that was widened', async () => {
      await store.counters.add('k', 1, 60_000, 9, at(0));
      await store.counters.add('k', 1, 60_000, 9, at(600));
      expect(await store.counters.sum('k', 3_600_000, at(600))).toBe(2);
    });

    it('gives a plan to its owner until it expires', async () => {
      const plan = {
        id: 'p',
        owner: 'user:default/oncall',
        document: { a: 1 },
        expires: at(60).toISOString(),
      };
      await store.plans.put(plan);
      await store.plans.put({ ...plan, owner: 'user:default/other', document: { a: 2 } });
      const get = (owner: string, seconds: number) => store.plans.get('p', owner, at(seconds).toISOString());
      expect(await get('user:default/oncall', 59)).toEqual({ a: 1 });
      expect(await get('user:default/other', 59)).toEqual({ a: 2 });
      expect(await get('user:default/third', 59)).toBeUndefined();
      expect(await get('user:default/oncall', 60)).toBeUndefined();
      await store.plans.put({ ...plan, expires: at(120).toISOString() });
      expect(await get('user:default/oncall', 119)).toEqual({ a: 1 });
    });

    it('keeps switches, the newest of a scope, and never weakens one by setting it', async () => {
      const record = {
        scope: 'server:metrics',
        blocks: 'writes',
        by: 'a',
        reason: 'r',
        at: at(0).toISOString(),
      } as const;
      await store.switches.set(record);
      await store.switches.set({ ...record, blocks: 'all', by: 'b' });
      await store.switches.set({ ...record, blocks: 'writes', by: 'c' });
      expect(await store.switches.list()).toEqual([{ ...record, blocks: 'all', by: 'b' }]);
      expect(await store.switches.remove('server:metrics')).toBe(true);
      expect(await store.switches.remove('server:metrics')).toBe(false);
      expect(await store.switches.list()).toEqual([]);
    });

    it('registers an audit segment once', async () => {
      const segment = {
        file: 'metrics-1.ndjson',
        server: 'metrics',
        startedAt: at(0).toISOString(),
        firstHash: 'e'.repeat(64),
      };
      await store.segments.register(segment);
      await expect(store.segments.register(segment)).rejects.toMatchObject({ code: 'conflict' });
      expect(await store.segments.list()).toEqual([segment]);
    });

    it('gives a lease to one holder until it is released or its time passes', async () => {
      const first = await store.leases.acquire('ingest', 1_000);
      expect(await store.leases.acquire('ingest', 1_000)).toBeUndefined();
      expect(await store.leases.acquire('other', 1_000)).toBeDefined();
      now = at(0.9);
      expect(await first?.renew()).toBe(true);
      now = at(1.8);
      expect(await store.leases.acquire('ingest', 1_000)).toBeUndefined();
      now = at(1.9);
      expect(await first?.renew()).toBe(false);
      const second = await store.leases.acquire('ingest', 1_000);
      expect(second).toBeDefined();
      await first?.release();
      expect(await second?.renew()).toBe(true);
      await second?.release();
      expect(await second?.renew()).toBe(false);
      expect(await store.leases.acquire('ingest', 1_000)).toBeDefined();
    });

    it('does not take an early holder for the one after it once the lease was released', async () => {
      const early = await store.leases.acquire('ingest', 1_000);
      now = at(2);
      await (await store.leases.acquire('ingest', 1_000))?.release();
      await store.leases.acquire('ingest', 1_000);
      expect(await early?.renew()).toBe(false);
    });
  });
}
