import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from './world/client.js';
import { devopsMcp, type Ended, type RunOptions, runProgram, serverProgram } from './world/programs.js';
import { copyOfSandbox, type Sandbox } from './world/sandbox.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await copyOfSandbox();
});
afterAll(() => sandbox.remove());

const start = (args: readonly string[], options: RunOptions = {}) =>
  runProgram(serverProgram('deployments'), args, options);
const startWith = (config: string) => start(['--config', config]);

/** A start that is refused: a line on standard error for a person, and nothing for a client. */
function refused(ended: Ended, code: number, ...texts: readonly string[]): void {
  expect(ended, ended.err).toMatchObject({ code, out: '' });
  for (const text of texts) expect(ended.err).toContain(text);
  // A stack is for us and not for whoever has to mend a file.
  expect(ended.err).not.toContain('    at ');
}

/** The same folder with one file changed. */
async function changed(name: string, file: string, text: string | null): Promise<string> {
  const folder = sandbox.at(name);
  await mkdir(folder);
  for (const own of ['devops-mcp.yaml', 'policy.yaml', 'tools.lock', 'allowed_signers', 'enrolments.yaml'])
    await cp(sandbox.at(own), path.join(folder, own));
  if (text === null) await rm(path.join(folder, file));
  else await writeFile(path.join(folder, file), text);
  return path.join(folder, 'devops-mcp.yaml');
}

describe('a server does not start, and says what to do', () => {
  it('without any configuration', async () => {
    const env = { HOME: sandbox.folder, XDG_CONFIG_HOME: sandbox.at('none'), DEVOPS_MCP_CONFIG: '' };
    const cwd = sandbox.at('gitops');
    refused(await start([], { env, cwd }), 1, 'No configuration was found', '--config FILE');
  });

  it('with one that is not there', async () => {
    refused(await startWith(sandbox.at('absent.yaml')), 1, 'absent.yaml', 'check the path');
  });

  it('with one in the working folder that nobody trusted', async () => {
    const env = { HOME: sandbox.folder, XDG_CONFIG_HOME: sandbox.at('none'), DEVOPS_MCP_CONFIG: '' };
    const ended = await start([], { env, cwd: sandbox.folder });
    refused(ended, 1, 'is not trusted', 'devops-mcp trust');
  });

  it('with bad YAML, naming the line', async () => {
    const config = await changed('bad-yaml', 'devops-mcp.yaml', 'version: 1\nstate: { path: [ }\n');
    refused(await startWith(config), 1, 'devops-mcp.yaml:2');
  });

  it('with a key that it does not know, naming the line and those that it does', async () => {
    const text = 'version: 1\nstate: { path: ./s }\naudit: { path: ./a }\npolicies: ./policy.yaml\n';
    const config = await changed('unknown-key', 'devops-mcp.yaml', text);
    refused(await startWith(config), 1, 'devops-mcp.yaml:4', '"policies"', 'policy');
  });

  it.each([
    ['a policy that is missing', null, 'cannot be read'],
    ['an empty policy', '', 'the file is empty'],
    ['a policy of comments alone', '# nothing\n', 'policy.yaml'],
    ['a policy that is no YAML', 'policies: [}', 'line 1'],
    ['a policy with an unknown effect', policyWith('effect: permit'), 'permit'],
    [
      'a policy with an unknown requirement',
      policyWith('effect: allow\n    requirements: [prayer]'),
      'prayer',
    ],
    ['a policy with a condition', policyWith('effect: allow\n    when: "true"'), 'when'],
    ['a policy with one key twice', policyWith('effect: allow\n    effect: allow'), 'policy.yaml'],
    ['a policy that expands without end', bomb(), 'policy.yaml'],
  ])('with %s', async (name, text, said) => {
    const config = await changed(name.replaceAll(' ', '-'), 'policy.yaml', text);
    refused(await startWith(config), 1, 'policy.yaml', said);
  });

  it('with damaged pins', async () => {
    const config = await changed('damaged-pins', 'tools.lock', '{');
    refused(await startWith(config), 1, 'tools.lock is damaged', 'devops-mcp pin');
  });

  it('with a credential for writing that reaches production', async () => {
    const other = await copyOfSandbox();
    await other.edit('devops-mcp.yaml', (text) => text.replace('production-branches.git', 'production.git'));
    refused(await startWith(other.config), 1, 'production.ports.deployments.write', 'tier 2', 'executor');
    await other.remove();
  });

  it("with an executor's configuration, and no executor with a server's", async () => {
    refused(await startWith(sandbox.executorConfig), 1, "executor's configuration");
    const ended = await start(['--execute', sandbox.config, '--config', sandbox.config]);
    refused(ended, 1, 'role: executor');
  });

  it.each([
    [['--bogus'], "'--bogus'"],
    [['--tools', 'no_such_tool'], 'There is no tool "no_such_tool"'],
    [['--exclude-tools', 'no_such_tool'], 'known: get_deployment_history'],
    [['--http', '0.0.0.0:3900'], 'only addresses of this machine'],
    [['--http', '192.0.2.1:3900'], 'only addresses of this machine'],
    [['--approval', 'x'], '--execute'],
  ])('with wrong flags: %s', async (flags, said) => {
    refused(await start(['--config', sandbox.config, ...flags]), 2, said);
  });
});

describe('an audit folder that cannot be written', () => {
  it('refuses changes at once and says what to mend, while reads go on', async () => {
    const other = await copyOfSandbox();
    await rm(other.at('audit'), { recursive: true });
    await writeFile(other.at('audit'), 'a file where the folder should be');
    await withClient('deployments', other.config, {}, async (open) => {
      const change = await open.call('propose_scale_service', {
        ...{ environment: 'staging', service: other.truth.service, replicas: 2, reason: 'less traffic' },
      });
      expect(change.isError).toBe(true);
      expect(change.text).toContain('make the folder under audit.path writable');
      const read = await open.call('get_deployment_history', { environment: 'production' });
      expect(read.isError, read.text).toBe(false);
    });
    const verified = await devopsMcp('audit', 'verify', '--config', other.config);
    expect(verified.code).toBe(1);
    expect(verified.err).toContain('cannot be read');
    await other.remove();
  });
});

function policyWith(effect: string): string {
  return `policies:\n  - name: all\n    match: { actionTier: [1] }\n    ${effect}\n`;
}

/** Ten aliases of ten aliases of ten ...: a few lines that would fill the memory. */
function bomb(): string {
  const line = (name: string, of: string) => `${name}: &${name} [${Array(10).fill(`*${of}`).join(', ')}]`;
  const names = [...'abcdefghij'];
  const rest = names.slice(1).map((name, index) => line(name, names[index] ?? 'a'));
  return ['a: &a [x]', ...rest, 'policies: *j', ''].join('\n');
}
