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
});
