import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, operatorProgram, runProgram } from './world/programs.js';

describe('the demo', () => {
  let folder: string;
  let told: Ended;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'demo-'));
    told = await runProgram(operatorProgram(), ['demo', '--scale', '0.02'], { env: { TMPDIR: folder } });
  }, 300_000);
  afterAll(() => rm(folder, { recursive: true }));

  it('ends with success and leaves nothing behind', async () => {
    expect(told.code, told.out.slice(-2_000) + told.err).toBe(0);
    expect(told.out).toContain('Done in');
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['a change beyond the owner’s limits', /replicas: 100 is over the owner's max/],
    ['execution by the agent itself', /execute_proposal by the agent itself: awaiting_approval/],
    ['a key that it enrolled on its own side', /enrols a key[\s\S]*not among the allowed signers/],
    ['an approver’s plain key', /plain key[\s\S]*does not count for production/],
    ['approvals written into its own store', /into its own store[\s\S]*0 of 2 needed approvals count/],
    ['another requester', /another requester[\s\S]*the binding is not the one that its digest names/],
    ['a rewritten policy', /rewrites its policy[\s\S]*the policy here is another/],
    ['raised limits', /raises the owner’s limits[\s\S]*limits that the owners set are others here/],
    ['the same request once more', /the same request once more: The proposal was consumed before/],
  ])('shows the refusal of %s', (_, text) => {
    expect(told.out).toMatch(text);
  });

  it.each([
    ['the brief', /Incident brief: production/],
    ['the drafted rollback', /Rollback plan for \S+ in production/],
    ['that its keys must not be taken for real ones', /software keys on this machine, for show/],
    ['the desired state before and after', /desired state in git: \S+ → \S+/],
    ['the rollback in the timeline', /roll_back_service executed/],
    ['the audit trail', /execution intent[\s\S]*execution result/],
    ['that both logs verify', /executor's log: \d+ records in \d+ segments, every chain whole/],
    ['how to add a server to each client', /Claude Code[\s\S]*VS Code[\s\S]*Cursor/],
  ])('shows %s', (_, text) => {
    expect(told.out).toMatch(text);
  });
});
