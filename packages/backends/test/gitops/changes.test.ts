import { describe, expect, it } from 'vitest';
import { changeRequests } from '../../src/gitops/changes.js';
import { opener } from '../../src/gitops/deployments.js';
import { at, backendContext, bareRepository, head, importCommits } from './git-fixture.js';

const good = `---
status: approved
requester: user:default/oncall
approvedBy: approver-one@example.com
services: [payments-api]
environments: [production]
window: 2026-03-02T08:00Z/2026-03-02T12:00Z
---
# Roll back payments
`;

describe('change requests', () => {
  it('are read from the branch, with the commit that last changed them', async () => {
    const path = bareRepository([
      { message: 'CHG-1', at: at(0), files: { 'changes/CHG-1.md': good } },
      { message: 'other', at: at(1), files: { 'README.md': 'x' } },
    ]);
    const first = head(path);
    expect(await open(path).find('CHG-1')).toEqual({
      id: 'CHG-1',
      status: 'approved',
      requester: 'user:default/oncall',
      approvedBy: 'approver-one@example.com',
      services: ['payments-api'],
      environments: ['production'],
      window: { start: new Date('2026-03-02T08:00Z'), end: new Date('2026-03-02T12:00Z') },
      revision: expect.not.stringMatching(first),
    });
    expect(await open(path).find('CHG-2')).toBeUndefined();
  });

  it('on other branches are none', async () => {
    const path = bareRepository([{ message: 'x', at: at(0), files: { 'README.md': 'x' } }]);
    importCommits(path, [{ branch: 'agent', message: 'x', at: at(1), files: { 'changes/CHG-9.md': good } }]);
    expect(await open(path).find('CHG-9')).toBeUndefined();
  });

  it('are found by plain ids only', async () => {
    const path = bareRepository([
      { message: 'x', at: at(0), files: { 'changes/CHG-1.md': good, 'README.md': good } },
    ]);
    for (const id of ['../README', 'a/../../README', '..', '--help', '', 'CHG-1.md\0', '*'])
      expect(await open(path).find(id)).toBeUndefined();
  });

  it.each([
    ['no front matter', '# hello\n'],
    ['an unknown status', good.replace('status: approved', 'status: yes')],
    ['no services', good.replace('services: [payments-api]\n', '')],
    ['a window without a zone', good.replaceAll('Z', '')],
    ['a window that ends first', good.replace('T12:00Z', 'T07:00Z')],
    ['broken YAML', good.replace('[payments-api]', '[payments-api')],
  ])('with %s are an error and no evidence', async (_, text) => {
    const path = bareRepository([{ message: 'x', at: at(0), files: { 'changes/CHG-1.md': text } }]);
    await expect(open(path).find('CHG-1')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('may be made at any time when they name no window, and carry no approver before approval', async () => {
    const text = good.replace(/window.*\n/, '').replace(/approvedBy.*\n/, '');
    const path = bareRepository([{ message: 'x', at: at(0), files: { 'changes/CHG-1.md': text } }]);
    expect(await open(path).find('CHG-1')).toMatchObject({ window: null, approvedBy: null });
  });
});

function open(path: string) {
  return changeRequests(opener(backendContext(path), path));
}
