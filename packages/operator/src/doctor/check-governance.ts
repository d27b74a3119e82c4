import { ToolError } from '@devops-mcp/contract';
import { loadPolicy } from '@devops-mcp/governance';
import { type Configuration, pinFile, readPins, StartError } from '@devops-mcp/runtime';
import { serverNames } from '../mcp/server-bins.js';
import { type Check, failure, ok, warning } from './check.js';
import { checkSpace, checkWritable, isReadable } from './file-facts.js';

const mostProblems = 5;

/** Policy, pins, catalog, approvers and audit: what stands between a call and its effect. */
export async function checkGovernance(configuration: Configuration): Promise<readonly Check[]> {
  const checks = await Promise.all([
    policyOf(configuration),
    pinsOf(configuration),
    catalogOf(configuration),
    namedFiles(configuration),
    checkWritable(configuration.auditDir, 'The audit folder', 'governance'),
    checkSpace(configuration.auditDir),
  ]);
  return checks.flat();
}

function policyOf({ policy, servers }: Configuration): Check {
  if (policy === null) return ok('governance', 'The default policy holds.');
  try {
    const loaded = loadPolicy({
      path: policy,
      knownServers: [...new Set([...serverNames, ...Object.keys(servers)])],
      knownTools: {},
    });
    return ok('governance', `The policy ${policy} loads (${loaded.digest.slice(0, 12)}).`);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return failure(
      'governance',
      error.message,
      error.hint ?? 'Correct the policy; no server starts with it.',
    );
  }
}

/** Only servers that may change something need an owner, a pinned version and pinned tools. */
async function pinsOf({ folder, servers }: Configuration): Promise<readonly Check[]> {
  const registered = Object.keys(servers);
  if (registered.length === 0)
    return [ok('governance', 'No server is registered under servers, so that only reads are served.')];
  try {
    const lock = await readPins(folder);
    const unpinned = registered.filter((name) => lock?.servers[name] === undefined);
    if (unpinned.length === 0) return [ok('governance', `${pinFile(folder)} pins every registered server.`)];
    return [
      warning(
        'governance',
        `${pinFile(folder)} does not pin ${unpinned.join(', ')}: only reads are served there.`,
        `Review the tools, then run: devops-mcp pin ${unpinned.join(' ')}`,
      ),
    ];
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return [failure('governance', error.message, 'Review the tools, then run: devops-mcp pin')];
  }
}

async function catalogOf({ catalog, environments }: Configuration): Promise<readonly Check[]> {
  if (catalog.length === 0)
    return [ok('governance', 'There is no catalog: services are those that the backends show.')];
  const { loadCatalog } = await import('@devops-mcp/catalog');
  const { problems, services } = await loadCatalog({
    paths: catalog,
    environments: environments.map(({ name }) => name),
  });
  const shown = problems
    .slice(0, mostProblems)
    .map(({ file, line, message, hint }) =>
      warning('governance', `${file}:${line}: ${message}`, hint ?? 'Correct the entity.'),
    );
  const more = problems.length - shown.length;
  return [
    ok('governance', `The catalog has ${services.list().length} services.`),
    ...shown,
    ...(more > 0
      ? [warning('governance', `The catalog has ${more} more problems.`, 'Correct the first ones.')]
      : []),
  ];
}

async function namedFiles({ approvers, executors, executor }: Configuration): Promise<readonly Check[]> {
  const files = [
    ...(approvers ? [approvers.allowedSigners] : []),
    ...(approvers?.enrolments ? [approvers.enrolments] : []),
    ...executors.map(({ publicKey }) => publicKey),
    ...(executor ? [executor.privateKey] : []),
  ];
  const checks = files.map(async (file) =>
    (await isReadable(file))
      ? []
      : [failure('governance', `${file} cannot be read.`, 'The configuration names it: correct the path.')],
  );
  return (await Promise.all(checks)).flat();
}
