import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchSandbox } from './bench-sandbox.js';
import { bundleBare } from './bundle-bare.js';
import { measureMemory, memoryTable } from './memory.js';
import { noFigures, processFigures } from './process-figures.js';
import { type Aim, aimAtMost, type Say, type Section, type Table } from './report.js';
import { bareProgram, programOf, serverNames } from './servers.js';
import { startProcess } from './stdio-process.js';
import { type Summary, summarise } from './summary.js';
import type { Volume } from './volume.js';

const baseline = 'bare SDK server';
const bundled = 'bare SDK server, bundled';
const aimOverBare = 1.5;

interface Candidate {
  readonly name: string;
  start(): Promise<Start>;
}

interface Start {
  /** Milliseconds from spawn to the answer of tools/list. */
  readonly wallMs: number;
  readonly processorMs: number | undefined;
  readonly residentMiB: number | undefined;
}

export interface ColdStart {
  readonly name: string;
  readonly wallMs: Summary;
  readonly processorMs: Summary | undefined;
  readonly residentMiB: Summary | undefined;
  readonly overBare: number;
  readonly overBundledBare: number;
}

/** Spawn until tools/list is answered, and what is resident then; the candidates take turns. */
export async function measureColdStart(
  sandbox: BenchSandbox,
  folder: string,
  volume: Volume,
  say: Say,
): Promise<Section> {
  const candidates = await prepare(sandbox, folder);
  const starts = new Map<string, Start[]>(candidates.map(({ name }) => [name, []]));
  // The first round fills the disk cache and does not count.
  for (let round = 0; round <= volume.starts; round += 1) {
    say(`cold start: round ${round} of ${volume.starts}`);
    for (let turn = 0; turn < candidates.length; turn += 1) {
      const candidate = candidates[(turn + round) % candidates.length];
      if (candidate === undefined) continue;
      const start = await candidate.start();
      if (round > 0) starts.get(candidate.name)?.push(start);
    }
  }
  const results = compared(starts);
  const memory = await measureMemory(sandbox, volume.callsBeforeMemory, say);
  return {
    name: 'cold',
    tables: [coldTable(results, volume.starts), memoryTable(memory, volume.callsBeforeMemory)],
    aims: aimsOf(results),
    data: { coldStart: results, memory },
  };
}

async function prepare(sandbox: BenchSandbox, folder: string): Promise<readonly Candidate[]> {
  const empty = join(folder, 'empty.mjs');
  await writeFile(empty, '');
  const bundle = await bundleBare(bareProgram, folder);
  return [
    { name: 'empty Node script', start: () => runToTheEnd(empty) },
    { name: baseline, start: () => startAndList(bareProgram, []) },
    { name: bundled, start: () => startAndList(bundle, []) },
    ...serverNames.map((name) => ({
      name,
      start: () => startAndList(programOf(name), ['--config', sandbox.config]),
    })),
  ];
}

async function startAndList(program: string, args: readonly string[]): Promise<Start> {
  const server = startProcess(program, args);
  await server.listTools();
  const wallMs = server.age();
  const figures = processFigures(server.pid);
  await server.close();
  return { wallMs, processorMs: figures?.processorMs, residentMiB: figures?.residentMiB };
}

async function runToTheEnd(program: string): Promise<Start> {
  const begun = performance.now();
  await once(spawn(process.execPath, [program], { stdio: 'ignore' }), 'close');
  return { wallMs: performance.now() - begun, processorMs: undefined, residentMiB: undefined };
}

function compared(starts: ReadonlyMap<string, readonly Start[]>): readonly ColdStart[] {
  const wall = (name: string) => summarise((starts.get(name) ?? []).map(({ wallMs }) => wallMs));
  const bare = wall(baseline).median;
  const bare2 = wall(bundled).median;
  return [...starts].map(([name, all]) => ({
    name,
    wallMs: wall(name),
    processorMs: summaryOf(all.map(({ processorMs }) => processorMs)),
    residentMiB: summaryOf(all.map(({ residentMiB }) => residentMiB)),
    overBare: wall(name).median / bare,
    overBundledBare: wall(name).median / bare2,
  }));
}

function summaryOf(values: readonly (number | undefined)[]): Summary | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : summarise(known);
}

function coldTable(results: readonly ColdStart[], rounds: number): Table {
  const figure = (value: number | undefined, digits = 0) => value?.toFixed(digits) ?? '-';
  return {
    title: 'Cold start: spawn until tools/list is answered, ms',
    note: `Medians of ${rounds} interleaved rounds over raw stdio, 2025-11-25 handshake. "x bare" compares with "${baseline}" (SDK v2, one tool with an output schema, as installed) and "x bundled" with the same in one minified file. ${results.some(({ processorMs }) => processorMs) ? 'CPU is processor time of all threads.' : `${noFigures}.`}`,
    columns: ['', 'median', 'min', 'max', 'CPU', 'RSS MiB', 'x bare', 'x bundled'],
    rows: results.map(({ name, wallMs, processorMs, residentMiB, overBare, overBundledBare }) => [
      name,
      figure(wallMs.median),
      figure(wallMs.min),
      figure(wallMs.max),
      figure(processorMs?.median),
      figure(residentMiB?.median),
      figure(overBare, 2),
      figure(overBundledBare, 2),
    ]),
  };
}

function aimsOf(results: readonly ColdStart[]): readonly Aim[] {
  return results
    .filter(({ name }) => serverNames.some((server) => server === name))
    .map(({ name, overBare }) => aimAtMost(`cold start of ${name}`, overBare, aimOverBare, 'x bare SDK'));
}
