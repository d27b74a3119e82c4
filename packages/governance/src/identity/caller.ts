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
 * Whether two names mean the same person in the ways a person is written: `user:default/oncall`,
 * `user:oncall`, `oncall@EXAMPLE.com`. An entity and an address of the same name are taken for one
 * person: nothing here can tell them apart, and to take one person for two would let somebody
 * approve their own change.
 */
export function samePerson(a: string, b: string): boolean {
  const [one, other] = [named(a), named(b)];
  return one.name === other.name && (one.kind !== other.kind || one.within === other.within);
}

/** A name and the namespace or host within which it is one person's. */
function named(person: string): { readonly kind: string; readonly within: string; readonly name: string } {
  const text = person.trim().normalize('NFKC').toLowerCase();
  const entity = /^user:(?:([^/]*)\/)?(.*)$/.exec(text);
  if (entity !== null) return { kind: 'entity', within: entity[1] ?? 'default', name: entity[2] ?? '' };
  const at = text.lastIndexOf('@');
  return { kind: 'address', within: text.slice(at + 1), name: at < 0 ? text : text.slice(0, at) };
}

function machineUser(): string {
  // A container may run under a number that has no name.
  try {
    return `user:${hostname()}/${userInfo().username}`;
  } catch {
    return `user:${hostname()}/uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
