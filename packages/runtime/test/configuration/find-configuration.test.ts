import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findConfiguration } from '../../src/configuration/find-configuration.js';
import { isTrusted, trustFile, userConfigurationFolder } from '../../src/configuration/trust.js';

describe('findConfiguration', () => {
  let root: string;
  let variables: NodeJS.ProcessEnv;
  let userFolder: string;
  let working: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'find-configuration-'));
    variables = { XDG_CONFIG_HOME: join(root, 'user') };
    userFolder = userConfigurationFolder(variables);
    working = join(root, 'project');
    await mkdir(working);
  });
  afterEach(() => rm(root, { recursive: true }));

  it('prefers the flag to the variable to the users folder', async () => {
    await mkdir(userFolder, { recursive: true });
    await writeFile(join(userFolder, 'devops-mcp.yaml'), '');
    const env = { ...variables, DEVOPS_MCP_CONFIG: 'from-variable.yaml' };
    expect(await findConfiguration('flag.yaml', env, working)).toBe(join(working, 'flag.yaml'));
    expect(await findConfiguration(undefined, env, working)).toBe(join(working, 'from-variable.yaml'));
    expect(await findConfiguration(undefined, variables, working)).toBe(join(userFolder, 'devops-mcp.yaml'));
  });

  it('says how to give one when there is none', async () => {
    await expect(findConfiguration(undefined, variables, working)).rejects.toThrow(/Pass --config FILE/);
  });

  it('uses the file of the working folder only as it was trusted', async () => {
    const file = join(working, 'devops-mcp.yaml');
    await writeFile(file, 'version: 1\n');
    await expect(findConfiguration(undefined, variables, working)).rejects.toThrow(/devops-mcp trust/);
    await trustFile(file, userFolder);
    expect(await findConfiguration(undefined, variables, working)).toBe(file);
    await appendFile(file, 'state: { path: /elsewhere }\n');
    expect(await isTrusted(file, userFolder)).toBe(false);
    await expect(findConfiguration(undefined, variables, working)).rejects.toThrow(/changed since/);
  });
});
