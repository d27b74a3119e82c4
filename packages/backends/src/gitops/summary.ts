import type { DesiredState, DiffSummary, FieldChange } from '@devops-mcp/domain';
import { areaOf, areasByWeight } from './areas.js';
import type { Located } from './document.js';
import { diffLines, splitLines } from './line-diff.js';
import { type Manifests, versionOf } from './manifests.js';
import { maskValue } from './masking.js';
import { insideOf } from './service-path.js';

export interface CommitFacts {
  readonly author: string;
  readonly subject: string;
}

const longestValue = 200;
const mostFields = 100;

/** What lies between two states of a service. Secret values are masked, long values cut. */
export function summarise(facts: {
  readonly folder: string;
  /** For authors and pull requests; merges included. */
  readonly commits: readonly CommitFacts[];
  /** How many changes that is. */
  readonly count: number;
  /** Paths that differ between the two states. */
  readonly changed: readonly string[];
  readonly before: Manifests;
  readonly after: Manifests;
}): DiffSummary {
  const { before, after } = facts;
  const areas = facts.changed.map((path) => ({ path, area: areaOf(insideOf(facts.folder, path) ?? path) }));
  const filesByArea: Record<string, number> = {};
  for (const area of areasByWeight) {
    const count = areas.filter((file) => file.area === area).length;
    if (count > 0) filesByArea[area] = count;
  }
  return {
    commits: facts.count,
    authors: [...new Set(facts.commits.map((commit) => commit.author))].slice(0, 20),
    pullRequests: [...new Set(facts.commits.flatMap((commit) => pullRequestsIn(commit.subject)))].slice(
      0,
      50,
    ),
    filesByArea,
    migrations: areas
      .filter((file) => file.area === 'migrations' && !file.path.endsWith('.down.sql'))
      .map((file) => file.path)
      .slice(0, mostFields),
    configuration: [
      ...changes(values(before.configuration), values(after.configuration)).filter(
        (change) => !repeatsVersion(change, before, after),
      ),
      ...secretReferenceChanges(before, after),
    ].slice(0, mostFields),
    flags: changes(values(before.flags), values(after.flags)).slice(0, mostFields),
    image:
      before.image?.value === after.image?.value
        ? null
        : { from: before.image?.value ?? null, to: after.image?.value ?? null },
    resources: [...changes(before.resources, after.resources), ...autoscalerChanges(before, after)].slice(
      0,
      mostFields,
    ),
    replicas: replicaChange(before, after),
  };
}

/** The state as the port shows it. */
export function desiredState(service: string, revision: string, manifests: Manifests): DesiredState {
  return {
    service,
    revision,
    image: manifests.image?.value ?? null,
    replicas: manifests.replicas ?? null,
    autoscaler: manifests.autoscaler ?? null,
    configuration: shown(manifests.configuration),
    secretReferences: [...manifests.secretReferences].sort(),
    flags: shown(manifests.flags),
  };
}

/** `(#12)` and `Merge pull request #12`. */
function pullRequestsIn(subject: string): readonly string[] {
  return [...subject.matchAll(/\(#(\d{1,9})\)|^Merge pull request #(\d{1,9})\b/g)].map(
    (match) => `#${match[1] ?? match[2]}`,
  );
}

function values(map: ReadonlyMap<string, Located<string>>): ReadonlyMap<string, string> {
  return new Map([...map].map(([key, located]) => [key, located.value]));
}

function shown(map: ReadonlyMap<string, Located<string>>): Record<string, string> {
  const pairs = [...values(map)].map(([key, value]) => [key, cut(maskValue(key, value))] as const);
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function changes(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly FieldChange[] {
  const fields = [...new Set([...before.keys(), ...after.keys()])].sort();
  return fields.flatMap((field) => {
    const from = before.get(field);
    const to = after.get(field);
    return from === to ? [] : [fieldChange(field, from, to)];
  });
}

/** A variable that carries the image's version says nothing that the image does not. */
function repeatsVersion(change: FieldChange, before: Manifests, after: Manifests): boolean {
  const [from, to] = [versionOf(before.image?.value), versionOf(after.image?.value)];
  return from !== null && from !== to && change.from === from && change.to === to;
}

function fieldChange(field: string, from: string | undefined, to: string | undefined): FieldChange {
  if (from !== undefined && to !== undefined && (from.includes('\n') || to.includes('\n'))) {
    // A whole file in one value: only the lines that differ say something.
    const [old, now] = [maskValue(field, from), maskValue(field, to)];
    const edits = diffLines(old, now);
    const lines = splitLines(old);
    const removed = edits.flatMap((edit) => lines.slice(edit.start, edit.start + edit.remove));
    const added = edits.flatMap((edit) => edit.insert);
    return { field, from: cut(removed.join('').trim()), to: cut(added.join('').trim()) };
  }
  const show = (value: string | undefined) => (value === undefined ? null : cut(maskValue(field, value)));
  return { field, from: show(from), to: show(to) };
}

function secretReferenceChanges(before: Manifests, after: Manifests): readonly FieldChange[] {
  const names = [...new Set([...before.secretReferences, ...after.secretReferences])].sort();
  return names.flatMap((name) => {
    const was = before.secretReferences.has(name);
    const is = after.secretReferences.has(name);
    const say = (present: boolean) => (present ? 'referenced' : null);
    return was === is ? [] : [{ field: `secret:${name}`, from: say(was), to: say(is) }];
  });
}

function autoscalerChanges(before: Manifests, after: Manifests): readonly FieldChange[] {
  const say = (scaler: Manifests['autoscaler']) => (scaler ? `${scaler.min}-${scaler.max}` : null);
  const [from, to] = [say(before.autoscaler), say(after.autoscaler)];
  return from === to ? [] : [{ field: 'autoscaler', from, to }];
}

function replicaChange(before: Manifests, after: Manifests): DiffSummary['replicas'] {
  const [from, to] = [before.replicas, after.replicas];
  return from === undefined || to === undefined || from === to ? null : { from, to };
}

function cut(value: string): string {
  return value.length <= longestValue ? value : `${value.slice(0, longestValue)}...`;
}
