import { access, constants, readdir, stat } from 'node:fs/promises';
import type { BackendContext, Finding } from '@devops-mcp/contract';

const mostPaths = 20;
const writableByAll = 0o002;

/** What `examine` says of a backend that reads files and folders: there, readable, not empty, not open to all. */
export function examinePaths<Config>(pathsOf: (config: Config) => readonly string[]) {
  return async (context: BackendContext<Config>): Promise<readonly Finding[]> => {
    const found = pathsOf(context.config)
      .slice(0, mostPaths)
      .map((path) => examine(path, context.resolvePath(path)));
    return (await Promise.all(found)).flat();
  };
}

/** `shown` is the path as it stands in the configuration. */
async function examine(shown: string, path: string): Promise<readonly Finding[]> {
  try {
    await access(path, constants.R_OK);
    const facts = await stat(path);
    const entries = facts.isDirectory() ? (await readdir(path)).length : undefined;
    return [
      { topic: 'reachability', level: 'ok', message: `${shown} can be read.` },
      ...(entries === 0 || (entries === undefined && facts.size === 0) ? [nothingIn(shown)] : []),
      ...((facts.mode & writableByAll) !== 0 ? [openToAll(shown)] : []),
    ];
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return [
      {
        topic: 'reachability',
        level: 'failure',
        message: missing ? `${shown} is not there.` : `${shown} cannot be read.`,
        fix: missing
          ? 'Check the path; it is resolved against the folder of devops-mcp.yaml.'
          : 'Let the user of this process read it.',
      },
    ];
  }
}

function nothingIn(shown: string): Finding {
  return {
    topic: 'data',
    level: 'warning',
    message: `${shown} is empty.`,
    fix: 'Check that whatever writes it does so.',
  };
}

function openToAll(shown: string): Finding {
  return {
    topic: 'permission',
    level: 'warning',
    message: `Every user of this machine may change ${shown}, and with it what is believed of the environment.`,
    fix: 'Take the right to write from others (chmod o-w).',
  };
}
