import { deploymentsContract } from '@devops-mcp/domain/contract-tests';
import { describe, it } from 'vitest';
import { deploymentsOver, deploymentsWriting, opener } from '../../src/gitops/deployments.js';
import { backendContext, bareRepository, callContext, type FixtureCommit, git } from './git-fixture.js';
import { shopHistory } from './shop.js';

describe('the gitops backend keeps the contract of the deployments port', () => {
  for (const { name, run } of deploymentsContract(async () => open(shopHistory))) it(name, run);
});

describe('the gitops backend keeps it in a repository of another object format', () => {
  for (const { name, run } of deploymentsContract(async () => open(shopHistory, 'sha256'))) it(name, run);
});

async function open(commits: readonly FixtureCommit[], format = 'sha1') {
  const path = bareRepository(commits, 'desired.git', format);
  const context = backendContext(path, { write: { path } });
  const opened = opener(context, path);
  const deployments = { ...deploymentsOver(context, opened), ...deploymentsWriting(context, opened) };
  git(['-C', path, 'fsck', '--strict']);
  return {
    deployments,
    service: 'payments-api',
    configurationKey: 'TIMEOUT_SECONDS',
    context: callContext(),
  };
}
