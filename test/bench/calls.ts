import { join } from 'node:path';
import type { BenchSandbox } from './bench-sandbox.js';
import { type CallFigures, type CallRecorder, recordCalls } from './call-recorder.js';
import { aimAtMost, type Say, type Section, type Table } from './report.js';
import { programOf } from './servers.js';
import { startProcess } from './stdio-process.js';
import { type Summary, summarise } from './summary.js';
import type { Volume } from './volume.js';

const bareToolsProgram = join(import.meta.dirname, 'bare-tools.js');
const aimOverBareMs = 0.5;
const concurrency = 16;
const environment = 'production';

/** Only a tool that is quick itself can show half a millisecond; the last one shows what it is beside a query. */
const measured = [
  { server: 'alerts', tool: 'get_active_alerts', input: { environment }, judged: true },
  { server: 'alerts', tool: 'find_runbooks', input: { text: 'errors after a deployment' }, judged: true },
  { server: 'logs', tool: 'search_traces', input: { environment, limit: 5 }, judged: false },
] as const;

interface Comparison {
  readonly server: string;
  readonly tool: string;
  readonly judged: boolean;
  readonly bare: CallFigures;
  readonly governed: CallFigures;
  /** Difference of the median latencies of all calls. */
  readonly overBareMs: number;
  /** The same difference, round by round: how much it can be trusted. */
  readonly roundsOverBareMs: Summary;
}

/** A governed tool against the same definition over the same backends on the bare SDK, in turns. */
export async function measureCalls(
  sandbox: BenchSandbox,
  folder: string,
  volume: Volume['calls'],
  say: Say,
): Promise<Section> {
  const comparisons: Comparison[] = [];
  for (const { server, tool, input, judged } of measured) {
    say(`calls: ${tool}`);
    const governed = startProcess(programOf(server), ['--config', sandbox.config]);
    const state = join(folder, `bare-state-${server}`);
    const bare = startProcess(bareToolsProgram, [sandbox.config, state, server]);
    const sides = { bare: recordCalls(bare, tool, input), governed: recordCalls(governed, tool, input) };
    comparisons.push({ server, tool, judged, ...(await compare(sides, volume)) });
    await Promise.all([governed.close(), bare.close()]);
  }
  return {
    name: 'calls',
    tables: [callsTable(comparisons, volume)],
    aims: comparisons
      .filter(({ judged }) => judged)
      .map(({ tool, overBareMs }) =>
        aimAtMost(`governed ${tool} over bare, median`, overBareMs, aimOverBareMs, 'ms'),
      ),
    data: { concurrency, calls: comparisons },
  };
}

async function compare(
  { bare, governed }: Readonly<Record<'bare' | 'governed', CallRecorder>>,
  volume: Volume['calls'],
): Promise<Omit<Comparison, 'server' | 'tool' | 'judged'>> {
  for (const side of [bare, governed]) await side.warmUp(volume.warmUp);
  const differences: number[] = [];
  for (let round = 0; round < volume.rounds; round += 1) {
    // Call by call, so that both sides meet the same disturbances, and each is first in every other pair.
    for (let pair = 0; pair < volume.sequential; pair += 1) {
      for (const side of pair % 2 === 0 ? [bare, governed] : [governed, bare]) await side.callOnce();
    }
    differences.push(governed.endRound() - bare.endRound());
    for (const side of round % 2 === 0 ? [bare, governed] : [governed, bare])
      await side.callAtOnce(volume.concurrent, concurrency);
  }
  const figures = { bare: bare.figures(), governed: governed.figures() };
  return {
    ...figures,
    overBareMs: figures.governed.latencyMs.median - figures.bare.latencyMs.median,
    roundsOverBareMs: summarise(differences),
  };
}

function callsTable(comparisons: readonly Comparison[], volume: Volume['calls']): Table {
  const row = (name: string, side: CallFigures, over: string) => [
    name,
    ...[side.latencyMs.median, side.latencyMs.min, side.latencyMs.p99].map((ms) => ms.toFixed(2)),
    side.inTurnPerSecond.median.toFixed(0),
    side.atOncePerSecond.median.toFixed(0),
    side.processorMsPerCall?.toFixed(2) ?? '-',
    (side.answerBytes / 1_024).toFixed(1),
    over,
  ];
  return {
    title: 'A governed read against the same tool on the bare SDK',
    note: `Same definition, same backend, same sandbox; both processes stay open and take turns call by call, ${volume.rounds} rounds of ${volume.sequential} calls each, then ${volume.concurrent} calls ${concurrency} at a time. "over bare" is the difference of the medians, and in brackets the range of the rounds' own differences: where a tool takes tens of milliseconds it is wider than what is looked for. The governed side has its rate limit raised in devops-mcp.yaml and everything else as users have it.`,
    columns: [
      ...['', 'p50 ms', 'min', 'p99', 'calls/s', `calls/s x${concurrency}`, 'CPU ms/call', 'KiB'],
      'over bare ms',
    ],
    rows: comparisons.flatMap(({ tool, bare, governed, overBareMs, roundsOverBareMs: { min, max } }) => [
      row(`${tool}, bare`, bare, ''),
      row(`${tool}, governed`, governed, `${overBareMs.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`),
    ]),
  };
}
