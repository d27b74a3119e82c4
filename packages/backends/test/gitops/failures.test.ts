import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { deploymentsOver, deploymentsWriting, opener } from '../../src/gitops/deployments.js';
import { gitopsConfig } from '../../src/gitops/gitops-config.js';
import { at, backendContext, bareRepository, callContext, git, temporaryFolder } from './git-fixture.js';
import { deployment, shopHistory } from './shop.js';

const service = 'payments-api';
const pathVariable = process.env.PATH;
afterEach(() => {
  process.env.PATH = pathVariable;
});

describe('a repository that is not as it should be', () => {
  it('is unavailable, with what to do', async () => {
    const empty = temporaryFolder();
    const file = join(empty, 'file');
    writeFileSync(file, '');
    await expectUnavailable(join(empty, 'missing.git'), /does not exist/);
    await expectUnavailable(file, /does not exist/);
    await expectUnavailable(empty, /not a git repository/);
    await expectUnavailable(bareRepository([]), /no branch main/);
  });

  it('is not looked for in folders above', async () => {
    const path = bareRepository(shopHistory);
    await expectUnavailable(join(path, 'objects'), /not a git repository/);
  });

  it('is unavailable when git is not installed', async () => {
    const path = bareRepository(shopHistory);
    process.env.PATH = '/nonexistent';
    await expectUnavailable(path, /git could not be started/);
  });

  it('is unavailable when objects are missing or damaged', async () => {
    for (const ruin of [rmSync, overwrite]) {
      const path = bareRepository(shopHistory);
      const blob = git(['-C', path, 'rev-parse', `main:services/${service}/deployment.yaml`]).trim();
      ruin(join(path, 'objects', blob.slice(0, 2), blob.slice(2)));
      await expectUnavailable(path, /damaged/);
    }
    const headless = bareRepository(shopHistory);
    const commit = git(['-C', headless, 'rev-parse', 'main']).trim();
    rmSync(join(headless, 'objects', commit.slice(0, 2), commit.slice(2)));
    await expectUnavailable(headless, /damaged|no branch|could not/);
  });

  it('answers again once it is there', async () => {
    const path = bareRepository(shopHistory);
    const plain = backendContext(path);
    const context = { ...plain, config: { ...plain.config, branch: 'later' } };
    const late = deploymentsOver(context, opener(context, path));
    await expect(late.history({ limit: 1 }, callContext())).rejects.toMatchObject({ code: 'unavailable' });
    git(['-C', path, 'branch', 'later', 'main']);
    expect((await late.history({ limit: 1 }, callContext())).data).toHaveLength(1);
  });

  it('keeps what git said out of the message', async () => {
    const path = bareRepository(shopHistory);
    const error = await open(join(path, 'objects'))
      .history({ limit: 1 }, callContext())
      .catch((cause: unknown) => cause);
    expect(String(error)).not.toContain(path);
  });
});

describe('content that is not as it should be', () => {
  it('does not confuse the reader of the log', async () => {
    const path = bareRepository([
      {
        message: `:100644 100644 ${'a'.repeat(40)} ${'b'.repeat(40)} M\n\n${'c'.repeat(40)}\n\x1e\x1f`,
        author: 'a@example.com',
        at: at(0),
        files: {
          [`services/${service}/deployment.yaml`]: deployment('1.0.0'),
          [`services/${service}/with\nnewline and "quotes".yaml`]: 'a: 1\n',
        },
      },
      { message: '', at: at(1), files: { [`services/${service}/deployment.yaml`]: deployment('1.0.1') } },
    ]);
    const { data } = await open(path).history({ service, limit: 10 }, callContext());
    expect(data.map((one) => one.version)).toEqual(['1.0.1', '1.0.0']);
  });

  it('is refused as a target when the branch name could be an option or a path', () => {
    for (const branch of ['--upload-pack=x', '../x', 'a..b', 'a.lock', 'a b', ''])
      expect(gitopsConfig.safeParse({ path: 'x', branch }).success).toBe(false);
    expect(gitopsConfig.parse({ path: 'x' }).branch).toBe('main');
  });

  it('is not edited when it is not valid', async () => {
    const path = bareRepository([
      { message: 'x', at: at(0), files: { [`services/${service}/deployment.yaml`]: 'kind: [' } },
    ]);
    await expect(open(path).planScale({ service, replicas: 2 }, callContext())).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});

describe('a write side without a credential', () => {
  it('is denied', () => {
    const context = backendContext('x');
    expect(() => deploymentsWriting(context, opener(context, 'x'))).toThrow(/No write credential/);
  });
});

function open(path: string) {
  const context = backendContext(path);
  return deploymentsOver(context, opener(context, path));
}

async function expectUnavailable(path: string, message: RegExp): Promise<void> {
  const error = await open(path)
    .history({ service, limit: 1 }, callContext())
    .catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: 'unavailable', message: expect.stringMatching(message) });
  expect((error as { hint?: string }).hint).toBeTruthy();
}

function overwrite(file: string): void {
  rmSync(file);
  writeFileSync(file, 'garbage');
}
