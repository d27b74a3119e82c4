import { readFileSync } from 'node:fs';
import { processFigures } from '../process-figures.js';

/** Resident memory of a process and all that it started, in MiB; undefined where there is no /proc. */
export function treeResidentMiB(pid: number): number | undefined {
  return treeOf(pid).reduce<number | undefined>(
    (sum, each) => add(sum, processFigures(each)?.residentMiB),
    undefined,
  );
}

/** The most that each process of the tree ever had, added up. */
export function treePeakMiB(pid: number): number | undefined {
  return treeOf(pid).reduce<number | undefined>(
    (sum, each) => add(sum, processFigures(each)?.peakMiB),
    undefined,
  );
}

function treeOf(pid: number): readonly number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    const pids = children === '' ? [] : children.split(' ').map(Number);
    return [pid, ...pids.flatMap(treeOf)];
  } catch {
    return [pid];
  }
}

function add(sum: number | undefined, value: number | undefined): number | undefined {
  return value === undefined || Number.isNaN(value) ? sum : (sum ?? 0) + value;
}
