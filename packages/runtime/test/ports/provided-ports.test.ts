import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AuditEvent,
  createRedactor,
  openAuditLog,
  openMemoryStore,
  stdioCaller,
} from '@devops-mcp/governance';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actionHistoryFrom } from '../../src/ports/action-history.js';
import { planStoreFor } from '../../src/ports/plan-store.js';
import { systemRandom } from '../../src/start/random.js';

const callerOf = (subject: string) => stdioCaller({ subject, client: null, model: null, sessionId: 's' });

describe('plan store', () => {
  const start = new Date('2026-03-01T10:00:00Z');

  it('keeps a plan under its digest for its caller for thirty minutes', async () => {
    let now = start;
    const store = await openMemoryStore({ clock: () => now });
    const plans = planStoreFor(
      callerOf('user:default/one'),
      async () => store,
      () => now,
    );
    const { id, expires } = await plans.put({ b: 2, a: 1 });
    expect((await plans.put({ a: 1, b: 2 })).id).toBe(id);
    expect(expires).toEqual(new Date('2026-03-01T10:30:00Z'));
    expect(await plans.get(id)).toEqual({ a: 1, b: 2 });
    const other = planStoreFor(
      callerOf('user:default/two'),
      async () => store,
      () => now,
    );
    await expect(other.get(id)).rejects.toMatchObject({ code: 'not_found' });
    now = new Date('2026-03-01T10:31:00Z');
    await expect(plans.get(id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(plans.put({ big: 'x'.repeat(600_000) })).rejects.toMatchObject({ code: 'limit_exceeded' });
  });
});

describe('action history', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'history-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const base: AuditEvent = {
    eventType: 'mcp.tool_invocation',
    phase: 'result',
    traceId: 'a'.repeat(32),
    traceparent: null,
    caller: callerOf('user:default/oncall'),
    server: {
      name: 'rollback',
      version: '1.0.0',
      host: 'h',
      owner: 'group:default/a',
      killSwitchOwner: 'group:default/a',
    },
    tool: {
      name: 'roll_back_service',
      riskTier: 3,
      target: { environment: 'production', services: ['checkout'] },
    },
    auth: null,
    approval: { required: true, status: 'pending', approver: null, changeRef: 'CHG-1' },
    result: { status: 'pending', durationMs: null, artifactRef: null, errorCode: null, detail: null },
    environment: 'production',
    owner: null,
    argumentsDigest: null,
    arguments: {},
    reason: 'errors since the deployment',
    proposalId: 'prop_1',
    bindingDigest: null,
    blastRadius: null,
    decision: null,
    id: '1',
  };
  const step = (
    eventType: AuditEvent['eventType'],
    phase: AuditEvent['phase'],
    approval: Partial<AuditEvent['approval']>,
    result: Partial<AuditEvent['result']>,
  ): AuditEvent => ({
    ...base,
    eventType,
    phase,
    approval: { ...base.approval, ...approval },
    result: { ...base.result, ...result },
  });

  it('tells what was done, refused attempts and reads left out', async () => {
    const store = await openMemoryStore({ clock: () => new Date() });
    const log = openAuditLog({
      ...{ directory: folder, server: base.server, segments: store.segments, redactor: createRedactor() },
      ...{ clock: () => new Date(), random: systemRandom },
    });
    const off = { ...step('mcp.switch', 'intent', {}, { status: 'success' }), environment: 'none' };
    const events = [
      base,
      step('mcp.proposal', 'result', {}, {}),
      step(
        'mcp.approval',
        'result',
        { status: 'approved', approver: 'approver-one@example.com' },
        { status: 'success' },
      ),
      step('mcp.execution', 'denied', {}, { status: 'denied' }),
      step('mcp.execution', 'intent', { status: 'approved' }, {}),
      step('mcp.execution', 'result', { status: 'approved' }, { status: 'success', artifactRef: 'abc1234' }),
      { ...off, tool: { ...base.tool, name: 'switched_off', target: { environment: 'none', services: [] } } },
    ];
    for (const event of events) await log.durable(event);
    await log.close();

    const history = actionHistoryFrom([folder, join(folder, 'absent')]);
    const window = { start: new Date(Date.now() - 60_000), end: new Date(Date.now() + 60_000) };
    const actions = await history.actions({ window, service: 'checkout', environment: 'production' });
    expect(actions.map(({ kind, actor }) => [kind, actor])).toEqual([
      ['proposed', 'user:default/oncall'],
      ['approved', 'approver-one@example.com'],
      ['executed', 'user:default/oncall'],
      ['switched_off', 'user:default/oncall'],
    ]);
    expect(actions[2]).toMatchObject({ artifactRef: 'abc1234', proposalId: 'prop_1', changeRef: 'CHG-1' });
    expect(await history.actions({ window, service: 'search' })).toMatchObject([{ kind: 'switched_off' }]);
    const before = { start: new Date(0), end: new Date(1) };
    expect(await history.actions({ window: before })).toEqual([]);
  });
});
