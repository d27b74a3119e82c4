import assert from 'node:assert/strict';
import type { CallContext } from '@devops-mcp/contract';
import type { DeploymentsApi, DeploymentsWriteApi, PlannedChange } from '../deployments.js';
import type { ContractCase } from './contract-case.js';

export interface DeploymentsContractSetup {
  /**
   * A system in which `service` has at least two deployments with different images, runs with
   * replicas above zero, and may be written to.
   */
  readonly deployments: DeploymentsApi & DeploymentsWriteApi;
  readonly service: string;
  /**
   * A key of its configuration that may be changed, and is not set to `contract-test`; null for a system
   * in which nothing can be laid before others for review.
   */
  readonly configurationKey: string | null;
  /** Ends what `open` began. */
  close?(): Promise<void>;
  readonly context: CallContext;
}

type MakeCase = (name: string, run: (setup: DeploymentsContractSetup) => Promise<void>) => ContractCase;

/** What every backend of the deployments port must do. `open` makes a fresh system for each case. */
export function deploymentsContract(open: () => Promise<DeploymentsContractSetup>): readonly ContractCase[] {
  const contractCase: MakeCase = (name, run) => ({
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
  return [...readingCases(contractCase), ...planningCases(contractCase), ...applyingCases(contractCase)];
}

function readingCases(contractCase: MakeCase): readonly ContractCase[] {
  return [
    contractCase('history is newest first, of the service only, and names its source', async (setup) => {
      const { data, source } = await history(setup);
      assert.ok(data.length >= 2, 'the service must have two deployments');
      assert.notEqual(source.backend, '');
      assert.ok(data.every((one) => one.service === setup.service));
      assert.equal(new Set(data.map(({ id }) => id)).size, data.length);
      const times = data.map((one) => one.time.getTime());
      assert.deepEqual(
        times,
        times.toSorted((a, b) => b - a),
      );
    }),
    contractCase('history obeys limit and window, and says what it cut', async (setup) => {
      const { deployments, service, context } = setup;
      const { data } = await history(setup);
      const one = await deployments.history({ service, limit: 1 }, context);
      assert.deepEqual(
        one.data.map(({ id }) => id),
        [data[0]?.id],
      );
      assert.equal(one.truncation?.more, true);
      const oldest = data.at(-1)?.time ?? new Date(0);
      const window = { start: new Date(0), end: new Date(oldest.getTime() + 1) };
      const old = await deployments.history({ service, window, limit: 10 }, context);
      assert.ok(old.data.length > 0 && old.data.every(({ time }) => time < window.end));
    }),
    contractCase('what is desired is what the newest deployment made', async (setup) => {
      const { deployments, service, context } = setup;
      const { data } = await history(setup);
      const now = (await deployments.desired({ service }, context)).data;
      assert.equal(now.service, service);
      assert.equal(now.revision, data[0]?.revision);
      assert.equal(now.image, data[0]?.image);
      const revision = data.at(-1)?.revision ?? '';
      const then = (await deployments.desired({ service, revision }, context)).data;
      assert.equal(then.image, data.at(-1)?.image);
    }),
    contractCase('a difference names both ends and what changed', async (setup) => {
      const { deployments, service, context } = setup;
      const { data } = await history(setup);
      const [from = '', to = ''] = [data.at(-1)?.revision, data[0]?.revision];
      const { data: diff } = await deployments.diff({ service, from, to }, context);
      assert.equal(diff.from, from);
      assert.equal(diff.to, to);
      assert.ok(diff.files.length > 0);
      assert.deepEqual(diff.summary.image, { from: data.at(-1)?.image, to: data[0]?.image });
    }),
    contractCase('unknown services and revisions are unknown, not empty', async (setup) => {
      const { deployments, service, context } = setup;
      const unknown = { code: 'not_found' };
      await assert.rejects(deployments.history({ service: 'no-such-service', limit: 5 }, context), unknown);
      await assert.rejects(deployments.desired({ service: 'no-such-service' }, context), unknown);
      await assert.rejects(deployments.planRestart({ service: 'no-such-service' }, context), unknown);
      await assert.rejects(deployments.desired({ service, revision: 'no-such-revision' }, context), unknown);
    }),
    contractCase('nothing is read after the caller has left', async ({ deployments, service, context }) => {
      const left = { ...context, signal: AbortSignal.abort() };
      await assert.rejects(deployments.history({ service, limit: 5 }, left));
    }),
  ];
}

function planningCases(contractCase: MakeCase): readonly ContractCase[] {
  return [
    contractCase('planning again on an unchanged system gives an equal plan', async (setup) => {
      const later = { ...setup.context, now: new Date(setup.context.now.getTime() + 60_000) };
      for (const kind of planKindsOf(setup)) {
        const first = await kind.plan(setup);
        assert.deepEqual((await kind.plan({ ...setup, context: later })).plan, first.plan, kind.name);
        assert.deepEqual(JSON.parse(JSON.stringify(first.plan.change)), first.plan.change, kind.name);
        assert.notEqual(first.plan.diff, '', kind.name);
      }
    }),
    contractCase('plans change nothing', async (setup) => {
      const before = await state(setup);
      for (const kind of planKindsOf(setup)) await kind.plan(setup);
      assert.deepEqual(await state(setup), before);
    }),
    contractCase('a plan to scale says what is and what will be', async (setup) => {
      const { current, next } = await scale(setup);
      assert.equal(next.replicas, (current.replicas ?? 0) + 1);
      assert.equal(next.image, current.image);
    }),
    contractCase('a change that changes nothing is refused', async (setup) => {
      const replicas = (await state(setup)).replicas ?? 0;
      await assert.rejects(setup.deployments.planScale({ service: setup.service, replicas }, setup.context), {
        code: 'invalid_input',
      });
    }),
  ];
}

function applyingCases(contractCase: MakeCase): readonly ContractCase[] {
  return [
    contractCase('a scaling is applied once and read back', async (setup) => {
      const { plan, next } = await scale(setup);
      const outcome = await apply(setup, plan.change, 'contract-key-1');
      assert.equal(outcome.verified, true);
      assert.equal((await state(setup)).replicas, next.replicas);
      const count = (await history(setup)).data.length;
      assert.deepEqual(await apply(setup, plan.change, 'contract-key-1'), outcome);
      assert.equal((await history(setup)).data.length, count);
    }),
    contractCase('a restart starts anew each time it is planned and applied', async (setup) => {
      const { deployments, service, context } = setup;
      const first = await deployments.planRestart({ service }, context);
      await apply(setup, first.plan.change, 'contract-key-1');
      const second = await deployments.planRestart({ service }, context);
      assert.notDeepEqual(second.plan.change, first.plan.change);
      assert.equal((await apply(setup, second.plan.change, 'contract-key-2')).verified, true);
    }),
    contractCase('a rollback brings back what was desired', async (setup) => {
      const { plan } = await rollback(setup);
      const target = await oldest(setup);
      assert.equal((await apply(setup, plan.change, 'contract-key-1')).verified, true);
      const now = await state(setup);
      assert.equal(now.image, target.image);
      assert.deepEqual(now.configuration, target.configuration);
      assert.deepEqual(now.flags, target.flags);
      assert.equal((await history(setup)).data[0]?.kind, 'rollback');
    }),
    contractCase(
      'a configuration change is for review and changes nothing that is desired, or is unsupported',
      async (setup) => {
        if (setup.configurationKey === null) {
          const set = { KEY: 'contract-test' };
          const asked = { service: setup.service, set, title: 'Test' };
          await assert.rejects(setup.deployments.planConfigChange(asked, setup.context), {
            code: 'unsupported',
          });
          return;
        }
        const before = await state(setup);
        const { plan } = await configure(setup);
        assert.equal((await apply(setup, plan.change, 'contract-key-1')).verified, true);
        assert.deepEqual(await state(setup), before);
      },
    ),
    contractCase('a plan is refused once the service has changed', async (setup) => {
      const stale = await scale(setup);
      const other = await setup.deployments.planRestart({ service: setup.service }, setup.context);
      await apply(setup, other.plan.change, 'contract-key-1');
      await assert.rejects(apply(setup, stale.plan.change, 'contract-key-2'), { code: 'conflict' });
    }),
    contractCase('what was not planned here is not applied', async (setup) => {
      await assert.rejects(apply(setup, { anything: 'else' }, 'contract-key-1'), { code: 'invalid_input' });
    }),
  ];
}

interface PlanKind {
  readonly name: string;
  plan(setup: DeploymentsContractSetup): Promise<PlannedChange>;
}

const planKinds: readonly PlanKind[] = [
  { name: 'scale', plan: scale },
  {
    name: 'restart',
    plan: ({ deployments, service, context }) => deployments.planRestart({ service }, context),
  },
  { name: 'rollback', plan: rollback },
];

function planKindsOf({ configurationKey }: DeploymentsContractSetup): readonly PlanKind[] {
  return configurationKey === null ? planKinds : [...planKinds, { name: 'configuration', plan: configure }];
}

async function scale(setup: DeploymentsContractSetup): Promise<PlannedChange> {
  const replicas = ((await state(setup)).replicas ?? 0) + 1;
  return setup.deployments.planScale({ service: setup.service, replicas }, setup.context);
}

async function rollback(setup: DeploymentsContractSetup): Promise<PlannedChange> {
  const { revision } = await oldest(setup);
  return setup.deployments.planRollback({ service: setup.service, revision }, setup.context);
}

function configure(setup: DeploymentsContractSetup): Promise<PlannedChange> {
  const set = { [setup.configurationKey ?? 'none']: 'contract-test' };
  return setup.deployments.planConfigChange({ service: setup.service, set, title: 'Test' }, setup.context);
}

async function oldest(setup: DeploymentsContractSetup) {
  const revision = (await history(setup)).data.at(-1)?.revision ?? '';
  return (await setup.deployments.desired({ service: setup.service, revision }, setup.context)).data;
}

async function state(setup: DeploymentsContractSetup) {
  return (await setup.deployments.desired({ service: setup.service }, setup.context)).data;
}

function history({ deployments, service, context }: DeploymentsContractSetup) {
  return deployments.history({ service, limit: 50 }, context);
}

function apply(setup: DeploymentsContractSetup, change: PlannedChange['plan']['change'], key: string) {
  const command = { change, idempotencyKey: key, message: 'Contract test' };
  return setup.deployments.applyChange(command, setup.context);
}
