import assert from 'node:assert/strict';
import type { CallContext } from '@devops-mcp/contract';
import type { WorkloadStatus, WorkloadsApi } from '../deployments.js';
import type { ContractCase } from './contract-case.js';
import { assertSourced, assertUnknownService } from './contract-world.js';

export interface WorkloadsContractSetup {
  /** A system in which `service` runs and is well, and `ill` has at least one pod that is not. */
  readonly workloads: WorkloadsApi;
  readonly service: string;
  readonly ill: string;
  readonly context: CallContext;
  /** Ends what `open` began. */
  close?(): Promise<void>;
}

/** What every backend of the workloads port must do. `open` makes a fresh system for each case. */
export function workloadsContract(open: () => Promise<WorkloadsContractSetup>): readonly ContractCase[] {
  const contractCase = (
    name: string,
    run: (setup: WorkloadsContractSetup) => Promise<void>,
  ): ContractCase => ({
    name,
    async run() {
      const setup = await open();
      try {
        await run(setup);
      } finally {
        await setup.close?.();
      }
    },
  });
  return [
    contractCase('services are named once each, and a limit is obeyed', async (setup) => {
      const { workloads, service, ill, context } = setup;
      const all = await workloads.services({ limit: 1_000 }, context);
      assertSourced(all);
      assert.ok(all.data.includes(service) && all.data.includes(ill));
      assert.equal(new Set(all.data).size, all.data.length);
      assert.equal((await workloads.services({ limit: 1 }, context)).data.length, 1);
    }),
    contractCase('a service that is well says so', async ({ workloads, service, context }) => {
      const answer = await workloads.status({ service }, context);
      assertSourced(answer);
      assert.ok(answer.data.length > 0);
      for (const row of answer.data) {
        assertCounts(row);
        assert.equal(row.service, service);
        assert.equal(row.rollout, 'complete');
        assert.ok(row.ready >= row.desired && row.reason == null);
        assert.ok(row.pods.every(({ reason }) => reason === null));
      }
    }),
    contractCase('an ill service says why, the pods in trouble first', async (setup) => {
      const { workloads, ill, context } = setup;
      const [row] = (await workloads.status({ service: ill }, context)).data;
      assert.ok(row && row.ready < row.desired && row.reason);
      assertCounts(row);
      const reasons = row.pods.map(({ reason }) => reason);
      assert.notEqual(reasons[0], null);
      const firstWell = reasons.indexOf(null);
      assert.ok(firstWell < 0 || reasons.slice(firstWell).every((reason) => reason === null));
      const times = row.events.map(({ time }) => time.getTime());
      assert.deepEqual(
        times,
        times.toSorted((a, b) => b - a),
      );
    }),
    contractCase('without a service only what is in trouble is listed, and all is counted', async (setup) => {
      const { workloads, service, ill, context } = setup;
      const { data, truncation } = await workloads.status({}, context);
      assert.ok(data.some((row) => row.service === ill));
      assert.ok(!data.some((row) => row.service === service));
      assert.ok((truncation?.total ?? 0) > data.length);
      const one = await workloads.status({ limit: 1 }, context);
      assert.deepEqual(
        one.data.map(({ name }) => name),
        data.slice(0, 1).map(({ name }) => name),
      );
    }),
    contractCase('an unknown service is unknown, not empty', async ({ workloads, service, context }) => {
      await assertUnknownService(workloads.status({ service: `${service}x` }, context), service);
    }),
    contractCase('nothing is read after the caller has left', async ({ workloads, service, context }) => {
      const left = { ...context, signal: AbortSignal.abort() };
      await assert.rejects(workloads.status({ service }, left));
      await assert.rejects(workloads.status({}, left));
    }),
  ];
}

function assertCounts(row: WorkloadStatus): void {
  assert.ok(row.desired >= 0 && row.ready >= 0 && row.updated >= 0);
  assert.ok((row.podCount ?? row.pods.length) >= row.pods.length);
  assert.equal(new Set(row.pods.map(({ name }) => name)).size, row.pods.length);
}
