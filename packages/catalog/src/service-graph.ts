import type { Place, Report } from './catalog-problem.js';
import type { Entity } from './entity.js';
import type { EntityIndex } from './entity-index.js';
import type { EntityRef } from './entity-reference.js';

/** Component types that do not run anywhere. */
const notRunning = new Set(['library', 'documentation']);

export interface ServiceGraph {
  readonly services: readonly Entity[];
  /** Services that this one needs, directly or through resources and APIs in between; sorted. */
  dependencies(service: string): readonly string[];
  /** Entities that this one needs and that are no services, such as databases; sorted references. */
  resources(service: string): readonly string[];
  dependents(service: string): readonly string[];
  /** Dependents through any number of steps, without the service itself; sorted. */
  allDependents(service: string): readonly string[];
}

interface Edge {
  readonly to: Entity;
  readonly place: Place;
}

export function buildServiceGraph(index: EntityIndex, report: Report): ServiceGraph {
  const services = uniqueServices(index, report);
  const running = new Set(services.map((entity) => entity.ref));
  const edges = readEdges(index);
  const needs = new Map<string, Map<string, Place>>();
  const resources = new Map<string, readonly string[]>();
  const neededBy = new Map<string, string[]>();
  for (const service of services) {
    const reached = reach(service, edges, running);
    needs.set(service.name, reached.services);
    resources.set(service.name, reached.others);
    for (const name of reached.services.keys())
      if (name !== service.name) neededBy.set(name, [...(neededBy.get(name) ?? []), service.name]);
  }
  reportCycles(needs, report);
  const all = new Map<string, readonly string[]>();
  return {
    services,
    dependencies: (service) =>
      [...(needs.get(service)?.keys() ?? [])].filter((name) => name !== service).sort(),
    resources: (service) => resources.get(service) ?? [],
    dependents: (service) => [...(neededBy.get(service) ?? [])].sort(),
    allDependents(service) {
      const known = all.get(service) ?? closure(service, neededBy);
      all.set(service, known);
      return known;
    },
  };
}

/** Tools know services by name alone, so that two namespaces cannot both have one of a name. */
function uniqueServices(index: EntityIndex, report: Report): readonly Entity[] {
  const byName = new Map<string, Entity>();
  for (const entity of index.entities) {
    if (entity.kind !== 'component' || notRunning.has(String(entity.spec.type))) continue;
    const first = byName.get(entity.name.toLowerCase());
    if (first === undefined) byName.set(entity.name.toLowerCase(), entity);
    else
      report({
        code: 'duplicate_name',
        message: `A service named ${entity.name} exists in namespace ${first.namespace} too; that one is used.`,
        hint: 'Give services names that are unique over all namespaces.',
        place: { file: entity.file, document: entity.document, path: ['metadata', 'name'] },
      });
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** An edge goes from what needs to what is needed; an API needs the component that provides it. */
function readEdges(index: EntityIndex): ReadonlyMap<EntityRef, readonly Edge[]> {
  const edges = new Map<EntityRef, Edge[]>();
  const add = (from: Entity, to: Entity, place: Place) => {
    const list = edges.get(from.ref);
    if (list === undefined) edges.set(from.ref, [{ to, place }]);
    else list.push({ to, place });
  };
  for (const entity of index.entities) {
    const { file, document } = entity;
    const placeOf = (path: readonly (string | number)[]): Place => ({
      file,
      document,
      path: ['spec', ...path],
    });
    for (const { target, path } of index.resolve(entity, 'dependsOn')) add(entity, target, placeOf(path));
    for (const { target, path } of index.resolve(entity, 'dependencyOf')) add(target, entity, placeOf(path));
    if (entity.kind !== 'component') continue;
    for (const { target, path } of index.resolve(entity, 'consumesApis', 'api'))
      add(entity, target, placeOf(path));
    for (const { target, path } of index.resolve(entity, 'providesApis', 'api'))
      add(target, entity, placeOf(path));
  }
  return edges;
}

/** Follows edges through databases and APIs up to the next services. */
function reach(
  service: Entity,
  edges: ReadonlyMap<EntityRef, readonly Edge[]>,
  running: ReadonlySet<EntityRef>,
): { readonly services: Map<string, Place>; readonly others: readonly string[] } {
  const services = new Map<string, Place>();
  const others = new Set<string>();
  const seen = new Set<EntityRef>();
  const open = (edges.get(service.ref) ?? []).map((edge) => ({
    to: edge.to,
    place: edge.place,
    direct: true,
  }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { to, place, direct } = next;
    if (running.has(to.ref)) {
      // An API of one's own that one also calls says nothing; a dependency on oneself is a mistake.
      if ((to !== service || direct) && !services.has(to.name)) services.set(to.name, place);
      continue;
    }
    const onward = edges.get(to.ref) ?? [];
    if (direct && !(to.kind === 'api' && onward.length > 0)) others.add(to.ref);
    if (seen.has(to.ref)) continue;
    seen.add(to.ref);
    for (const edge of onward) open.push({ to: edge.to, place, direct: false });
  }
  return { services, others: [...others].sort() };
}

function closure(service: string, neededBy: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const found = new Set<string>();
  const open = [service];
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const name of neededBy.get(next) ?? [])
      if (name !== service && !found.has(name)) {
        found.add(name);
        open.push(name);
      }
  return [...found].sort();
}

/** Reports one cycle for each edge that closes one on a depth-first walk in order of name. */
function reportCycles(needs: ReadonlyMap<string, ReadonlyMap<string, Place>>, report: Report): void {
  const done = new Set<string>();
  for (const start of needs.keys()) {
    if (done.has(start)) continue;
    const path: { readonly name: string; readonly rest: Iterator<[string, Place]> }[] = [];
    const onPath = new Set<string>();
    const enter = (name: string) => {
      path.push({ name, rest: (needs.get(name) ?? new Map<string, Place>()).entries() });
      onPath.add(name);
    };
    enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const step = top.rest.next();
      if (step.done === true) {
        done.add(top.name);
        onPath.delete(top.name);
        path.pop();
        continue;
      }
      const [name, place] = step.value;
      if (onPath.has(name)) {
        const names = path.map((entry) => entry.name);
        const cycle = [...names.slice(names.indexOf(name)), name];
        report({
          code: 'cycle',
          message: `Services depend on each other in a circle: ${cycle.slice(0, 12).join(' -> ')}.`,
          hint: 'Remove the dependency that is not needed to work; until then all of them count as dependents.',
          place,
        });
      } else if (!done.has(name)) enter(name);
    }
  }
}
