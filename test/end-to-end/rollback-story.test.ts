import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  desiredState,
  executeRequest,
  exportRequest,
  field,
  git,
  manifestOf,
  proposeRollback,
  signRequest,
} from './world/change.js';
import { withClient } from './world/client.js';
import { devopsMcp, mustRun } from './world/programs.js';
import { copyOfSandbox, type Sandbox } from './world/sandbox.js';

/** One rollback from the proposal to the record of it; each test is a step that rests on those before. */
describe('a rollback in production', () => {
  let sandbox: Sandbox;
  let id: string;
  let request: string;
  let before: string;
  const approvals: string[] = [];
  const atRequester = (...args: readonly string[]) => devopsMcp(...args, '--config', sandbox.config);
  const askAgain = () =>
    withClient('rollback', sandbox.config, {}, (open) => open.call('execute_proposal', { proposalId: id }));

  beforeAll(async () => {
    sandbox = await copyOfSandbox();
    before = desiredState(sandbox, manifestOf(sandbox.truth.service));
  });
  afterAll(() => sandbox.remove());

  it('is proposed without changing anything', async () => {
    id = await proposeRollback(sandbox);
    expect(id).toMatch(/^prop_/);
    expect(desiredState(sandbox, manifestOf(sandbox.truth.service))).toBe(before);
    expect((await atRequester('proposals')).out).toContain(id);
  });

  it('waits for approvers when the agent executes it, and says whose move it is', async () => {
    const reply = await askAgain();
    expect(reply.isError).toBe(false);
    expect(field(reply, 'state')).toBe('awaiting_approval');
    expect(field(reply, 'next')).toContain('devops-mcp approve');
  });

  it('is exported as one file that shows on another machine exactly what was proposed', async () => {
    request = await exportRequest(sandbox, id);
    const shown = await atRequester('proposals', 'show', id);
    approvals.push(await signRequest(sandbox, request, 'approver-one'));
    const signing = await devopsMcp('approve', request, '--out', `${request}.x`, '--confirm', 'wrong');
    expect(signing.code).toBe(1);
    expect(shown.out.startsWith(signing.out.trim())).toBe(true);
  });

  it('is refused by the executor with one approval', async () => {
    const refused = await executeRequest(sandbox, request, approvals);
    expect(refused.ended.code).toBe(1);
    expect(refused.refusals).toMatchObject([{ check: 'approvals' }]);
    expect(refused.refusals[0]?.reason).toContain('1 of 2 needed approvals count');
    expect(desiredState(sandbox, manifestOf(sandbox.truth.service))).toBe(before);
  });

  it('is recorded as approved on the requester’s side by signature', async () => {
    approvals.push(await signRequest(sandbox, request, 'approver-two'));
    for (const file of approvals) {
      const recorded = await atRequester('approve', id, '--approval', file);
      expect(recorded.out).toMatch(/Approved by user:default\/approver-(one|two)/);
    }
    const reply = await askAgain();
    expect(field(reply, 'state')).toBe('awaiting_executor');
    expect(desiredState(sandbox, manifestOf(sandbox.truth.service))).toBe(before);
  });

  it('is applied by the executor, and the desired state in git is back', async () => {
    const head = git(sandbox, 'production', 'rev-parse', 'main');
    const done = await executeRequest(sandbox, request, approvals, '--out', sandbox.at('report.json'));
    expect(done.refusals).toEqual([]);
    expect(done).toMatchObject({ state: 'succeeded', outcome: { verified: true } });
    expect(done.ended.code).toBe(0);
    const commit = git(sandbox, 'production', 'rev-parse', 'main');
    expect(done.outcome?.artifactRef).toBe(commit);
    expect(git(sandbox, 'production', 'rev-parse', 'main~1')).toBe(head);
    const culprit = sandbox.truth.cause?.revision ?? '';
    const good = desiredState(sandbox, manifestOf(sandbox.truth.service), { branch: `${culprit}~1` });
    const image = (manifest: string) => /image: (\S+)/.exec(manifest)?.[1];
    expect(image(desiredState(sandbox, manifestOf(sandbox.truth.service)))).toBe(image(good));
    expect(image(before)).not.toBe(image(good));
  });

  it('is never applied twice', async () => {
    const head = git(sandbox, 'production', 'rev-parse', 'main');
    const again = await executeRequest(sandbox, request, approvals);
    expect(again.state).toBe('refused');
    expect(again.refusals.map(({ check }) => check)).toContain('consumed');
    expect(git(sandbox, 'production', 'rev-parse', 'main')).toBe(head);
  });

  it('is known to the agent once the executor’s signed report is recorded', async () => {
    const report = await atRequester('proposals', 'report', id, sandbox.at('report.json'));
    expect(report.out).toContain(`${id} is succeeded`);
    expect(field(await askAgain(), 'state')).toBe('succeeded');
  });

  it('stands in the incident’s timeline', async () => {
    const { truth, config } = sandbox;
    const timeline = await withClient('alerts', config, {}, (alerts) =>
      alerts.call('build_incident_timeline', {
        environment: 'production',
        service: truth.service,
        period: `${truth.onset}/${new Date(Date.now() + 60_000).toISOString()}`,
      }),
    );
    expect(timeline.isError).toBe(false);
    for (const step of ['proposed', 'approved', 'executed'])
      expect(timeline.text).toContain(`roll_back_service ${step}`);
    expect(timeline.text).toContain(id);
  });

  it('leaves one audit trail over both sides, which verifies', async () => {
    const trail = await mustRun('audit', 'trace', id, '--config', sandbox.config);
    const lines = trail.split('\n');
    const at = (text: RegExp) => lines.findIndex((line) => text.test(line));
    const [proposed, approved, intent, result] = [
      at(/proposal result/),
      at(/approval result.*approver-two/),
      at(/execution intent/),
      at(/execution result.*success/),
    ];
    expect([proposed, approved, intent, result].every((line) => line >= 0)).toBe(true);
    expect(proposed).toBeLessThan(approved);
    expect(approved).toBeLessThan(intent);
    expect(intent).toBeLessThan(result);
    for (const config of [sandbox.config, sandbox.executorConfig]) {
      const verified = await devopsMcp('audit', 'verify', '--config', config);
      expect(verified.out).toContain('every chain is whole');
      expect(verified.code).toBe(0);
    }
  });
});
