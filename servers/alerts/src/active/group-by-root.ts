import type { ServicesApi } from '@devops-mcp/domain';

export interface ServiceTrouble {
  readonly service: string;
  /** When its first alert began. */
  readonly since: Date;
}

export interface RootGroup {
  /** The service from which the trouble of the others probably comes. */
  readonly root: string;
  /** With the root first, then by onset. */
  readonly services: readonly string[];
  readonly why: readonly string[];
}

/**
 * Groups services with alerts by the one that the others depend on. From each service the
 * dependencies are followed, also through services without alerts, to every other service with
 * alerts; one that reaches no other, or is reached back by all it reaches (a cycle), is a root. A
 * service with several roots goes to the one whose alerts began first. A cycle's root is its
 * service that began first.
 */
export function groupByRoot(
  troubles: readonly ServiceTrouble[],
  services: ServicesApi,
): readonly RootGroup[] {
  const since = new Map(troubles.map((trouble) => [trouble.service, trouble.since]));
  const paths = new Map(
    troubles.map(({ service }) => [service, alertingDependencies(service, since, services)]),
  );
  const reaches = (from: string, to: string) => from === to || paths.get(from)?.has(to) === true;
  const earliestFirst = troubles.toSorted(
    (a, b) => a.since.getTime() - b.since.getTime() || (a.service < b.service ? -1 : 1),
  );
  const names = earliestFirst.map(({ service }) => service);
  const sinks = names.filter((name) =>
    [...(paths.get(name)?.keys() ?? [])].every((other) => reaches(other, name)),
  );
  // Of services that reach each other, only the first to fail stands for the cycle.
  const roots = sinks.filter((sink, at) => !sinks.slice(0, at).some((earlier) => reaches(sink, earlier)));
  return roots.map((root) => {
    const members = names.filter(
      (name) => name !== root && roots.find((candidate) => reaches(name, candidate)) === root,
    );
    const why = members.map((member) => reason(member, root, paths.get(member)?.get(root) ?? [], since));
    return { root, services: [root, ...members], why };
  });
}

/** Services with alerts among the transitive dependencies, with the services on the way to each. */
function alertingDependencies(
  from: string,
  alerting: ReadonlyMap<string, Date>,
  services: ServicesApi,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const seen = new Set([from]);
  let frontier: readonly (readonly [string, readonly string[]])[] = [[from, []]];
  while (frontier.length > 0) {
    const next: (readonly [string, readonly string[]])[] = [];
    for (const [name, path] of frontier) {
      for (const dependency of services.get(name)?.dependsOn ?? []) {
        if (seen.has(dependency)) continue;
        seen.add(dependency);
        if (alerting.has(dependency)) found.set(dependency, path);
        next.push([dependency, [...path, dependency]]);
      }
    }
    frontier = next;
  }
  return found;
}

function reason(
  member: string,
  root: string,
  path: readonly string[],
  since: ReadonlyMap<string, Date>,
): string {
  const minutes = Math.round(
    ((since.get(member)?.getTime() ?? 0) - (since.get(root)?.getTime() ?? 0)) / 60_000,
  );
  const order =
    minutes > 0
      ? `began ${minutes} min later`
      : minutes < 0
        ? `began ${-minutes} min earlier, which speaks against it`
        : 'began at the same time';
  const through = path.length > 0 ? ` through ${path.join(', ')}` : '';
  return `${member} depends on ${root}${through}; ${order}`;
}
