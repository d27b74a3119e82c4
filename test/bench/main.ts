// npm run bench: what the suite costs, each figure beside a named baseline of the same run.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BenchSandbox, makeBenchSandbox } from './bench-sandbox.js';
import { measureCalls } from './calls.js';
import { measureColdStart } from './cold-start.js';
import { describeMachine, renderMachine } from './machine.js';
import { type BenchOptions, readOptions, type SectionName } from './options.js';
import { measureOtlp } from './otlp.js';
import { type Aim, renderTable, type Section } from './report.js';
import { root } from './servers.js';
import { endAllProcesses } from './stdio-process.js';
import { measureTokens } from './tokens.js';
import { fullVolume, quickVolume } from './volume.js';

try {
  await bench(readOptions(process.argv.slice(2)));
} catch (error) {
  clear();
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function bench({ only, quick, json }: BenchOptions): Promise<void> {
  const volume = quick ? quickVolume : fullVolume;
  const folder = await mkdtemp(join(tmpdir(), 'devops-mcp-bench-'));
  const machine = describeMachine(root);
  print(renderMachine(machine));
  try {
    let sandbox: Promise<BenchSandbox> | undefined;
    const company = () => {
      sandbox ??= makeBenchSandbox(join(folder, 'sandbox'), volume.sandboxScale);
      return sandbox;
    };
    const measure: Readonly<Record<SectionName, () => Promise<Section>>> = {
      cold: async () => measureColdStart(await company(), folder, volume, say),
      calls: async () => measureCalls(await company(), folder, volume.calls, say),
      tokens: async () => measureTokens(await company(), say),
      otlp: () => measureOtlp(join(folder, 'otlp'), volume.otlp, say),
    };
    const sections: Section[] = [];
    for (const name of only) {
      const section = await measure[name]();
      clear();
      for (const table of section.tables) print(renderTable(table));
      sections.push(section);
    }
    const aims = sections.flatMap((section) => section.aims);
    print(renderAims(aims));
    const load = { before: machine.load, after: describeMachine(root).load };
    const data = Object.assign({}, ...sections.map((section) => section.data));
    if (json !== undefined) {
      const text = JSON.stringify(
        { version: 1, quick, machine: { ...machine, load }, aims, ...data },
        null,
        2,
      );
      await writeFile(resolve(json), `${text}\n`);
    }
    print(`Load at the end: ${load.after.join(' ')}`);
  } finally {
    endAllProcesses();
    await rm(folder, { recursive: true, force: true });
  }
}

function renderAims(aims: readonly Aim[]): string {
  return renderTable({
    title: 'Aims',
    note: `${aims.filter(({ met }) => met).length} of ${aims.length} met.`,
    columns: ['', 'measured', 'aim', ''],
    rows: aims.map(({ what, figure, aim, met }) => [what, figure, aim, met ? 'met' : 'MISSED']),
  });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** On a terminal one line that changes; elsewhere nothing, so that a log holds results alone. */
function say(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what}`);
}

function clear(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}
