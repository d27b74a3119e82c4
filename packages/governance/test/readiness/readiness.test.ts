import { describe, expect, it } from 'vitest';
import { assessReadiness, type ReadinessFacts } from '../../src/readiness/index.js';

const ready: ReadinessFacts = {
  identityConfigured: true,
  undescribed: [],
  owner: 'group:default/team-delivery',
  killSwitchOwner: 'group:default/team-oncall',
  pinnedVersion: '0.1.0',
  version: '0.1.0',
  unpinned: [],
  policyLoaded: true,
  auditWritable: true,
};

describe('readiness items 1 to 4', () => {
  it('passed: the server may serve actions', () => {
    expect(assessReadiness(ready)).toMatchObject({ readOnly: false, why: null });
  });

  it.each([
    [{ identityConfigured: false }, 'item 1', 'identity.stdio.subject'],
    [{ owner: null }, 'item 2', 'servers in devops-mcp.yaml'],
    [{ killSwitchOwner: null }, 'item 2', 'servers in devops-mcp.yaml'],
    [{ pinnedVersion: '0.0.9' }, 'item 2', 'servers.<name>.version'],
    [{ unpinned: null }, 'item 2', 'devops-mcp pin'],
    [{ undescribed: ['search_logs'] }, 'item 2', 'search_logs'],
    [{ policyLoaded: false }, 'item 3', 'policy'],
    [{ auditWritable: false }, 'item 4', 'audit.path'],
  ])('%o keeps the server read-only and says which item', (failed, item, fix) => {
    const { readOnly, why } = assessReadiness({ ...ready, ...failed });
    expect(readOnly).toBe(true);
    expect(why).toContain(item);
    expect(why).toContain(fix);
  });

  it('fail the first for production alone where the suite can be passed by', () => {
    const exposure = { ways: 3, at: '2026-03-04T12:00:00.000Z' };
    const exposed = assessReadiness({ ...ready, exposure });
    expect(exposed).toMatchObject({ readOnly: false, why: null });
    expect(exposed.items[0]).toMatchObject({ number: 1, passed: false });
    expect(exposed.notEnforced).toBe(
      'Not enforced on this machine: 3 way(s) to change production without the suite were found on 2026-03-04.',
    );
    expect(assessReadiness({ ...ready, exposure: null })).toMatchObject({ notEnforced: null });
    expect(assessReadiness({ ...ready, exposure, identityConfigured: false })).toMatchObject({
      readOnly: true,
      why: expect.stringContaining('item 1'),
    });
  });
});
