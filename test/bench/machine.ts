import { execFileSync } from 'node:child_process';
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';

/** What the figures depend on. */
export interface Machine {
  readonly at: string;
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryGiB: number;
  /** Processes that wanted to run, over the last 1, 5 and 15 minutes; more than `cores` disturbs. */
  readonly load: readonly number[];
  readonly revision: string | null;
}

export function describeMachine(folder: string): Machine {
  return {
    at: new Date().toISOString(),
    node: process.version,
    platform: `${platform()} ${arch()}`,
    cores: cpus().length,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: loadavg().map((value) => Math.round(value * 100) / 100),
    revision: revisionOf(folder),
  };
}

export function renderMachine(machine: Machine): string {
  const { node, cores, processor, memoryGiB, load } = machine;
  return `Node ${node.slice(1)}, ${machine.platform}, ${cores} cores (${processor}), ${memoryGiB} GiB, load ${load.join(' ')}, ${machine.revision ?? 'no revision'}, ${machine.at}`;
}

function revisionOf(folder: string): string | null {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const changed = git('status', '--porcelain', '--untracked-files=no').trim() !== '';
    return git('rev-parse', '--short', 'HEAD').trim() + (changed ? ' with changes' : '');
  } catch {
    return null;
  }
}
