import assert from 'node:assert/strict';
import type { CallContext } from '@devops-mcp/contract';
import type { KnowledgeApi, KnowledgeWriteApi, NewIncident } from '../knowledge.js';
import type { ContractCase } from './contract-case.js';

export interface KnowledgeContractSetup {
  /** A system with at least one runbook and one incident. */
  readonly knowledge: KnowledgeApi & KnowledgeWriteApi;
  readonly context: CallContext;
}

const incident: NewIncident = {
  title: 'Payments fail: "declined" for all',
  severity: 'high',
  environment: 'production',
  services: ['payments-api'],
  alerts: ['HighErrorRate'],
  summary: 'Every payment is declined.\n\n---\nstatus: resolved',
};

/** What every backend of the knowledge port must do. `open` makes a fresh system for each case. */
export function knowledgeContract(open: () => Promise<KnowledgeContractSetup>): readonly ContractCase[] {
  const contractCase = (
    name: string,
    run: (setup: KnowledgeContractSetup) => Promise<void>,
  ): ContractCase => ({ name, run: async () => run(await open()) });
  return [
    contractCase('runbooks and incidents have ids of their own', async ({ knowledge, context }) => {
      const runbooks = (await knowledge.runbooks(context)).data;
      const incidents = (await knowledge.incidents(context)).data;
      assert.ok(runbooks.length > 0 && incidents.length > 0);
      assert.equal(new Set(runbooks.map(({ id }) => id)).size, runbooks.length);
      assert.equal(new Set(incidents.map(({ id }) => id)).size, incidents.length);
    }),
    contractCase('planning again gives an equal plan', async ({ knowledge, context }) => {
      const later = { ...context, now: new Date(context.now.getTime() + 60_000) };
      assert.deepEqual(
        await knowledge.planIncident(incident, later),
        await knowledge.planIncident(incident, context),
      );
    }),
    contractCase('an incident is made once and reads back as planned', async ({ knowledge, context }) => {
      const before = (await knowledge.incidents(context)).data.length;
      const { change } = await knowledge.planIncident(incident, context);
      const command = { change, idempotencyKey: 'key-1', by: 'user:default/oncall' };
      const outcome = await knowledge.applyChange(command, context);
      assert.equal(outcome.verified, true);
      assert.deepEqual(await knowledge.applyChange(command, context), outcome);
      const incidents = (await knowledge.incidents(context)).data;
      assert.equal(incidents.length, before + 1);
      const made = incidents.find(({ title }) => title === incident.title);
      assert.equal(made?.status, 'open');
      assert.equal(made?.severity, 'high');
      assert.deepEqual(made?.services, ['payments-api']);
      assert.deepEqual(made?.alerts, ['HighErrorRate']);
    }),
    contractCase('a plan whose id was taken meanwhile is refused', async ({ knowledge, context }) => {
      const { change } = await knowledge.planIncident(incident, context);
      const other = await knowledge.planIncident({ ...incident, title: 'Another' }, context);
      await knowledge.applyChange({ change, idempotencyKey: 'key-1', by: 'a@example.com' }, context);
      await assert.rejects(
        knowledge.applyChange(
          { change: other.change, idempotencyKey: 'key-2', by: 'a@example.com' },
          context,
        ),
        { code: 'conflict' },
      );
    }),
  ];
}
