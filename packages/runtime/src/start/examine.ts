import { type Environment, type Finding, type ServiceMapping, ToolError } from '@devops-mcp/contract';
import { createRedactor } from '@devops-mcp/governance';
import type { Configuration } from '../configuration/load-configuration.js';
import { type BackendBinding, bindBackends } from '../ports/backend-binding.js';
import { actionPorts, declaredPorts } from '../ports/declared-ports.js';
import { type OpeningContext, prepare } from '../ports/open-port.js';
import { collectBounded, withinDeadline } from './bounded-work.js';
import type { ProcessOptions } from './governed-process.js';
import { StartError } from './start-error.js';

/** What `--examine` prints: findings of every backend that this server would connect. */
export interface Examination {
  readonly server: string;
  readonly version: string;
  readonly findings: readonly ExaminedFinding[];
}

export interface ExaminedFinding extends Finding {
  /** `*` for a backend that every environment shares, or where no backend could be told apart. */
  readonly environment: string;
  readonly port: string;
  /** What answers call the backend; empty where its settings could not be read. */
  readonly backend: string;
}

export type ExamineOptions = Omit<ProcessOptions, 'random'> & {
  /** How long one backend may take. */
  readonly deadlineMs?: number;
};

const atOnce = 4;
const defaultDeadlineMs = 10_000;
const mostFindings = 50;

/**
 * Asks each configured backend of this server's ports whether it would work, and how far its write
 * credential reaches. Only reads; never rejects for what a backend or its settings do.
 */
export async function examineBackends(options: ExamineOptions): Promise<Examination> {
  const { definition, manifest } = options;
  const { subjects, problems } = await subjectsOf(options);
  const services = await servicesOf(options.configuration);
  const found = await collectBounded(subjects, atOnce, (subject) => examine(subject, services, options));
  const { text } = createRedactor();
  const findings = [...problems, ...found.flat()].map((finding) => ({
    ...finding,
    message: text(finding.message).slice(0, 500),
    ...(finding.fix === undefined ? {} : { fix: text(finding.fix).slice(0, 500) }),
  }));
  return { server: definition.name, version: manifest.version, findings };
}

/** One setting of the file; a shared one is bound in every environment and examined once. */
interface Subject {
  readonly binding: BackendBinding;
  readonly shared: boolean;
  readonly environments: readonly Environment[];
  readonly writes: boolean;
}

/** A wrong setting of one port hides no other port. */
async function subjectsOf({ definition, configuration, backends, variables }: ExamineOptions) {
  const writable = actionPorts(definition);
  const problems: ExaminedFinding[] = [];
  const subjects: Subject[] = [];
  for (const port of declaredPorts(definition)) {
    try {
      const bindings = await bindBackends(configuration, [port], backends, variables);
      subjects.push(...grouped(bindings, writable.includes(port)));
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      const fix = 'Correct this setting; the servers that use the port do not start with it.';
      const place = { environment: '*', port, backend: '' };
      problems.push({ ...place, topic: 'configuration', level: 'failure', message: error.message, fix });
    }
  }
  return { subjects, problems };
}

function grouped(bindings: readonly BackendBinding[], writes: boolean): readonly Subject[] {
  const groups = new Map<string, BackendBinding[]>();
  for (const binding of bindings) {
    const key = JSON.stringify([binding.where, binding.name, binding.settings]);
    groups.set(key, [...(groups.get(key) ?? []), binding]);
  }
  return [...groups.values()].flatMap((group) => {
    // Calls without an environment see a shared backend too; an environment's own view says more.
    const binding = group.find(({ environment }) => environment.name !== 'none') ?? group[0];
    if (binding === undefined) return [];
    const shared = binding.where.startsWith('ports.');
    return [{ binding, shared, environments: group.map(({ environment }) => environment), writes }];
  });
}

async function examine(
  subject: Subject,
  services: ServiceMapping,
  options: ExamineOptions,
): Promise<readonly ExaminedFinding[]> {
  const { binding, shared } = subject;
  const context = contextOf(options, services);
  const findings = [
    ...(await readSide(binding, context, options.deadlineMs ?? defaultDeadlineMs)),
    ...(await writeSide(subject, context, options)),
  ];
  const place = {
    environment: shared ? '*' : binding.environment.name,
    port: binding.port,
    backend: binding.fallbackFor === null ? binding.name : `${binding.name} as fallback`,
  };
  return findings.slice(0, mostFindings).map((finding) => ({ ...finding, ...place }));
}

async function readSide(
  binding: BackendBinding,
  context: OpeningContext,
  deadlineMs: number,
): Promise<readonly Finding[]> {
  const { implementation } = binding;
  try {
    return await withinDeadline(deadlineMs, async (signal) => {
      const { prepared } = await prepare(binding, context, 'read');
      if (implementation.examine) return implementation.examine(prepared, signal);
      await implementation.open(prepared);
      return [{ topic: 'reachability', level: 'ok', message: 'It opens; it has no further checks.' }];
    });
  } catch (error) {
    return [failureOf(error, `Check ${binding.where} and that its system is reachable from here.`)];
  }
}

/** Presence of the write credential and its reach, for servers with an action that uses the port. */
async function writeSide(
  { binding, environments, writes }: Subject,
  context: OpeningContext,
  { configuration, deadlineMs = defaultDeadlineMs }: ExamineOptions,
): Promise<readonly Finding[]> {
  const { implementation } = binding;
  if (!writes || !binding.canWrite || !implementation.openWrite) return [];
  try {
    const reach = await withinDeadline(deadlineMs, async () => {
      const { prepared } = await prepare(binding, context, 'write');
      return implementation.reach ? implementation.reach(prepared) : 4;
    });
    const inProduction = environments.some((environment) => environment.class === 'production');
    const message = `The write credential could apply changes up to tier ${reach}.`;
    if (reach < 3 || !inProduction || configuration.role === 'executor') {
      return [{ topic: 'permission', level: 'ok', message }];
    }
    const fix =
      'Give this process one that reaches no further than tier 2, and an executor with a configuration of its own the stronger one.';
    return [
      { topic: 'permission', level: 'failure', message: `${message} In production that is too much.`, fix },
    ];
  } catch (error) {
    return [failureOf(error, `Check ${binding.where}.write and where its credential comes from.`)];
  }
}

/** Upstream text stays out: only messages of our own errors are shown. */
function failureOf(error: unknown, otherwise: string): Finding {
  if (error instanceof ToolError) {
    const topic = error.code === 'denied' ? 'permission' : 'reachability';
    return { topic, level: 'failure', message: error.message, fix: error.hint ?? otherwise };
  }
  return { topic: 'reachability', level: 'failure', message: 'It could not be opened.', fix: otherwise };
}

function contextOf(options: ExamineOptions, services: ServiceMapping): OpeningContext {
  const { configuration, clock, warn, variables } = options;
  return {
    stateDir: configuration.stateDir,
    resolvePath: configuration.resolvePath,
    services,
    network: configuration.network,
    // Whoever works on shared files goes on; an examination only looks.
    leases: { acquire: async () => undefined },
    ...{ clock, warn, variables },
  };
}

async function servicesOf(configuration: Configuration): Promise<ServiceMapping> {
  const { loadCatalog } = await import('@devops-mcp/catalog');
  const catalog = await loadCatalog({
    paths: configuration.catalog,
    environments: configuration.environments.map(({ name }) => name),
  });
  return catalog.mapping;
}
