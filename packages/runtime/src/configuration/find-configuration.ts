import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { StartError } from '../start/start-error.js';
import { isTrusted, userConfigurationFolder } from './trust.js';

const fileName = 'devops-mcp.yaml';

/**
 * The configuration file to use: `--config`, then `DEVOPS_MCP_CONFIG`, then the user's configuration
 * folder, then the working folder when its file was trusted. Rejects with a StartError when there is none.
 */
export async function findConfiguration(
  flag: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
  workingFolder = process.cwd(),
): Promise<string> {
  const named = flag ?? environment.DEVOPS_MCP_CONFIG;
  if (named !== undefined && named !== '') return resolve(workingFolder, named);
  const userFolder = userConfigurationFolder(environment);
  const ofUser = join(userFolder, fileName);
  if (await exists(ofUser)) return ofUser;
  const here = join(workingFolder, fileName);
  if (!(await exists(here))) {
    throw new StartError(
      `No configuration was found. Pass --config FILE, set DEVOPS_MCP_CONFIG, or write ${ofUser}.`,
    );
  }
  if (await isTrusted(here, userFolder)) return here;
  throw new StartError(
    `${here} is not trusted, or was changed since. Read it, then run: devops-mcp trust ${fileName}`,
  );
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
