import type { BlastRadius, Ownership, Target } from '@devops-mcp/contract';

export type Evidence =
  | { readonly met: true; readonly evidence: string }
  | { readonly met: false; readonly how: string };

/** People whom the caller represents: itself and those in whose name it acts. */
export interface Represented {
  readonly subject: string;
  readonly delegation: readonly string[];
}

/** Every service touched has an owner, and the person belongs to each owning group. */
export function ownerScope(
  ownership: Ownership,
  target: Target,
  person: Represented,
  blastRadius: BlastRadius,
): Evidence {
  const touches = Object.values(blastRadius).some((value) => value > 0);
  if (target.services.length === 0) {
    return touches
      ? { met: false, how: 'name the service: what is touched has no owner otherwise' }
      : { met: true, evidence: 'touches no service' };
  }
  const people = [person.subject, ...person.delegation];
  for (const service of target.services) {
    const owner = ownership.ownerOf(service);
    if (owner === undefined) {
      return { met: false, how: `set \`spec.owner\` of ${service} in its catalog-info.yaml` };
    }
    if (!people.some((one) => ownership.isMember(one, owner))) {
      return {
        met: false,
        how: `${person.subject} is not a member of ${owner}, which owns ${service}: ask a member to propose it`,
      };
    }
  }
  return { met: true, evidence: `${person.subject} belongs to the owners of ${target.services.join(', ')}` };
}
