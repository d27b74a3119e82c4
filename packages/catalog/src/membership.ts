import type { Report } from './catalog-problem.js';
import type { Entity } from './entity.js';
import type { EntityIndex } from './entity-index.js';
import { parseReference } from './entity-reference.js';
import { isRecord } from './record.js';

/** Says whether a person belongs to an owner. */
export type Membership = (person: string, owner: string) => boolean;

/**
 * A person belongs to a group when either side says so, and to every group above it. People are
 * named by reference (`user:default/oncall`, `oncall`) or by the address in their profile.
 */
export function readMembership(index: EntityIndex, report: Report): Membership {
  const groupsOf = new Map<string, Set<string>>();
  const parents = new Map<string, Set<string>>();
  const byAddress = new Map<string, string>();
  for (const entity of index.entities) {
    if (entity.kind === 'user') {
      for (const { target } of index.resolve(entity, 'memberOf', 'group'))
        link(groupsOf, entity.ref, target.ref);
      noteAddress(byAddress, entity, report);
    }
    if (entity.kind !== 'group') continue;
    for (const { target } of index.resolve(entity, 'members', 'user')) link(groupsOf, target.ref, entity.ref);
    for (const { target } of index.resolve(entity, 'parent', 'group')) link(parents, entity.ref, target.ref);
    for (const { target } of index.resolve(entity, 'children', 'group'))
      link(parents, target.ref, entity.ref);
  }
  return (person, owner) => {
    const user =
      byAddress.get(person.toLowerCase()) ?? parseReference(person, { kind: 'user', namespace: 'default' });
    const wanted = parseReference(owner, { kind: 'group', namespace: 'default' });
    if (user === undefined || wanted === undefined) return false;
    if (user === wanted) return wanted.startsWith('user:') && index.get(wanted) !== undefined;
    return belongs(groupsOf.get(user) ?? new Set(), wanted, parents);
  };
}

/** An address that two people claim would let one act for the other: then it names nobody. */
function noteAddress(byAddress: Map<string, string>, entity: Entity, report: Report): void {
  const profile = entity.spec.profile;
  if (!isRecord(profile) || typeof profile.email !== 'string') return;
  const address = profile.email.toLowerCase();
  if (!byAddress.has(address)) {
    byAddress.set(address, entity.ref);
    return;
  }
  byAddress.set(address, '');
  report({
    code: 'duplicate_name',
    message: 'Two users have this address, so that it identifies neither.',
    hint: 'Give each user an address of their own.',
    place: { file: entity.file, document: entity.document, path: ['spec', 'profile', 'email'] },
  });
}

function link(map: Map<string, Set<string>>, from: string, to: string): void {
  const set = map.get(from);
  if (set === undefined) map.set(from, new Set([to]));
  else set.add(to);
}

function belongs(
  groups: ReadonlySet<string>,
  wanted: string,
  parents: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  const seen = new Set<string>();
  const open = [...groups];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === wanted) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(parents.get(next) ?? []));
  }
  return false;
}
