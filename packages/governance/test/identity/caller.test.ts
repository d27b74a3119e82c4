import { describe, expect, it } from 'vitest';
import { representedPerson, samePerson, stdioCaller } from '../../src/identity/index.js';

describe('a caller over stdio', () => {
  it('is what the configuration says, and only asserted', () => {
    const caller = stdioCaller({
      subject: 'user:default/oncall',
      client: { name: 'editor', version: '1' },
      model: null,
      sessionId: 's',
    });
    expect(caller).toMatchObject({
      subject: 'user:default/oncall',
      issuer: 'local',
      assurance: 'asserted',
      transport: 'stdio',
      delegation: [],
    });
  });

  it('is the user of the machine when nothing is configured', () => {
    expect(stdioCaller({ subject: null, client: null, model: null, sessionId: 's' }).subject).toMatch(
      /^user:.+\/.+/,
    );
  });
});

describe('the same person', () => {
  it.each([
    ['user:default/oncall', 'user:default/oncall', true],
    ['user:oncall', 'user:default/oncall', true],
    ['User:Default/OnCall', 'user:default/oncall ', true],
    ['oncall@example.com', 'oncall@EXAMPLE.com', true],
    ['user:default/oncall', 'user:default/deputy', false],
    ['user:other/oncall', 'user:default/oncall', false],
    ['user:default/oncall', 'OnCall@example.com', true],
    ['user:default/oncall', 'deputy@example.com', false],
    ['oncall@example.com', 'oncall@example.org', false],
    ['oncall@example.com', 'oncall@example.com@example.com', false],
  ])('%s and %s: %s', (a, b, same) => {
    expect(samePerson(a, b)).toBe(same);
  });

  it('is found through delegation', () => {
    expect(representedPerson({ subject: 'user:default/bot', delegation: ['user:default/oncall'] })).toBe(
      'user:default/oncall',
    );
    expect(representedPerson({ subject: 'user:default/oncall', delegation: [] })).toBe('user:default/oncall');
  });
});
