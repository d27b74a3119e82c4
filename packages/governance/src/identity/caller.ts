import { hostname, userInfo } from 'node:os';
import type { Caller } from '../model.js';

export interface StdioFacts {
  /** From the configuration; null takes the machine's user. */
  readonly subject: string | null;
  readonly client: Caller['client'];
  readonly model: string | null;
  readonly sessionId: string;
}

/** Over stdio nobody signs in: the person is what the configuration or the machine says, asserted. */
export function stdioCaller(facts: StdioFacts): Caller {
  return {
    subject: facts.subject ?? machineUser(),
    issuer: 'local',
    assurance: 'asserted',
    client: facts.client,
    model: facts.model,
    delegation: [],
    transport: 'stdio',
    sessionId: facts.sessionId,
  };
}

/** Who a caller stands for: the person at the end of the delegation, or the caller itself. */
export function representedPerson(caller: Pick<Caller, 'subject' | 'delegation'>): string {
  return caller.delegation.at(-1) ?? caller.subject;
}

/**
 * Whether two names mean the same person, through delegation and through the ways a person is
 * written: `user:default/oncall`, `user:oncall`, `oncall@example.com` against `oncall@EXAMPLE.com`.
 */
export function samePerson(a: string, b: string): boolean {
  return normal(a) === normal(b);
}

function normal(person: string): string {
  const name = person.trim().normalize('NFKC').toLowerCase();
  return name.startsWith('user:') && !name.includes('/')
    ? `user:default/${name.slice('user:'.length)}`
    : name;
}

function machineUser(): string {
  // A container may run under a number that has no name.
  try {
    return `user:${hostname()}/${userInfo().username}`;
  } catch {
    return `user:${hostname()}/uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
