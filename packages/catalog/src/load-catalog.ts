import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import type { Ownership, ServiceMapping } from '@devops-mcp/contract';
import { closestNames, type ServiceEntry, type ServicesApi } from '@devops-mcp/domain';
import { type CatalogProblem, type Finding, fileProblem, type Report } from './catalog-problem.js';
import { type Entity, readEntity } from './entity.js';
import { type EntityIndex, indexEntities } from './entity-index.js';
import { locateFindings } from './locate-findings.js';
import { type Membership, readMembership } from './membership.js';
import { parseDocuments } from './parse-documents.js';
import { type CatalogFile, catalogBounds, createCatalogReader } from './read-files.js';
import { loadServiceFiles, type ServiceFiles } from './service-files.js';
import { buildServiceGraph, type ServiceGraph } from './service-graph.js';
import { createServiceMapping } from './service-mapping.js';

export interface CatalogOptions {
  /** Absolute paths of folders and files. */
  readonly paths: readonly string[];
  /** Names of the configured environments; limits for any other are reported. */
  readonly environments?: readonly string[];
}

export interface Catalog {
  readonly services: ServicesApi;
  readonly ownership: Ownership;
  readonly mapping: ServiceMapping;
  /** Ordered by file and line. What they concern was left out, the rest was loaded. */
  readonly problems: readonly CatalogProblem[];
  /** `sha256:` and hex over every file that was read, with paths relative to their folder. */
  readonly digest: string;
}

/** Loads Backstage entities. Never rejects for what the files say: that is in `problems`. */
export async function loadCatalog(options: CatalogOptions): Promise<Catalog> {
  const reader = createCatalogReader();
  const problems: CatalogProblem[] = [];
  const findings: Finding[] = [];
  const report: Report = (problem) => {
    if ('place' in problem) findings.push(problem);
    else problems.push(problem);
  };
  const files = options.paths.flatMap((path) => reader.folder(path));
  const index = indexEntities(await readEntities(files, report), report);
  const graph = buildServiceGraph(index, report);
  const serviceFiles = await loadServiceFiles(graph.services, reader, options.environments, report);
  const isMember = readMembership(index, report);
  const entries = new Map(
    graph.services.map((entity) => [entity.name, toEntry(entity, index, graph, serviceFiles, report)]),
  );
  const mapping = createServiceMapping(graph.services, serviceFiles, report);
  const located = await locateFindings(findings);
  return {
    services: createServices(entries, graph, serviceFiles),
    ownership: createOwnership(entries, graph, serviceFiles, isMember),
    mapping,
    problems: [...problems, ...reader.problems, ...located].sort(byPlace),
    digest: digestOf([...files, ...serviceFiles.files]),
  };
}

async function readEntities(files: readonly CatalogFile[], report: Report): Promise<readonly Entity[]> {
  const entities: Entity[] = [];
  for (const file of files) {
    const { documents, problems } = await parseDocuments(file);
    problems.forEach(report);
    for (const [number, document] of documents.entries()) {
      const entity = readEntity(document, file, number, report);
      if (entity !== undefined) entities.push(entity);
    }
    if (entities.length > catalogBounds.entities) {
      const message = `The catalog has more than ${catalogBounds.entities} entities; files after this one were not read.`;
      report(fileProblem('too_large', file.path, message, 'Configure a smaller part of the catalog.'));
      return entities.slice(0, catalogBounds.entities);
    }
  }
  return entities;
}

function toEntry(
  entity: Entity,
  index: EntityIndex,
  graph: ServiceGraph,
  files: ServiceFiles,
  report: Report,
): ServiceEntry {
  const [system] = index.resolve(entity, 'system', 'system');
  return {
    name: entity.name,
    owner: ownerOf(entity, index, report),
    system: system?.target.name ?? null,
    tier: entity.annotations['devops-mcp/tier'] ?? entity.labels.tier ?? null,
    description: entity.description,
    dependsOn: graph.dependencies(entity.name),
    resources: graph.resources(entity.name),
    annotations: entity.annotations,
    links: entity.links,
    signals: files.get(entity.name)?.signals ?? {},
  };
}

function ownerOf(entity: Entity, index: EntityIndex, report: Report): string | null {
  const place = { file: entity.file, document: entity.document, path: ['spec', 'owner'] };
  const hint = 'Set spec.owner to a group of the catalog; without an owner no change is allowed.';
  const given = entity.spec.owner;
  if (given === undefined || given === null) {
    report({ code: 'no_owner', message: `${entity.name} has no owner.`, hint, place });
    return null;
  }
  const [owner] = Array.isArray(given) ? [] : index.resolve(entity, 'owner', 'group');
  if (owner === undefined) {
    if (Array.isArray(given))
      report({ code: 'no_owner', message: `${entity.name} names several owners.`, hint, place });
    return null;
  }
  if (owner.target.kind === 'group' || owner.target.kind === 'user') return owner.target.ref;
  report({ code: 'no_owner', message: `${owner.target.ref} is no group and no user.`, hint, place });
  return null;
}

function createServices(
  entries: ReadonlyMap<string, ServiceEntry>,
  graph: ServiceGraph,
  files: ServiceFiles,
): ServicesApi {
  const names = [...entries.keys()];
  const list = [...entries.values()];
  return {
    list: () => list,
    get: (name) => entries.get(name),
    closest: (name) => closestNames(name, names),
    dependents: (name) => graph.dependents(name),
    limits: (name, environment) => files.limits(name, environment),
  };
}

function createOwnership(
  entries: ReadonlyMap<string, ServiceEntry>,
  graph: ServiceGraph,
  files: ServiceFiles,
  isMember: Membership,
): Ownership {
  const names = [...entries.keys()];
  return {
    ownerOf: (service) => entries.get(service)?.owner ?? undefined,
    limitsOf: (service, environment) => files.limits(service, environment),
    dependentsOf: (service) => graph.allDependents(service),
    isMember,
    knows: (service) => entries.has(service),
    closest: (service) => closestNames(service, names),
  };
}

/** Lengths are part of what is hashed, so that text cannot move from one file to the next unseen. */
function digestOf(files: readonly CatalogFile[]): string {
  const hash = createHash('sha256');
  for (const file of files) {
    const path = relative(file.root, file.path).replaceAll('\\', '/');
    hash.update(`${path.length}:${path}${file.text.length}:${file.text}`);
  }
  return `sha256:${hash.digest('hex')}`;
}

function byPlace(a: CatalogProblem, b: CatalogProblem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
