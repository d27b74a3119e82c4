import { join } from 'node:path';
import type { BenchSandbox } from './bench-sandbox.js';
import { processFigures } from './process-figures.js';
import { type Aim, aimAtMost, type Say, type Section, type Table } from './report.js';
import { programOf } from './servers.js';
import { type StdioProcess, startProcess } from './stdio-process.js';
import { type Summary, summarise } from './summary.js';
import type { Volume } from './volume.js';

const bareToolsProgram = join(import.meta.dirname, 'bare-tools.js');
const aimOverBareMs = 0.5;
const concurrency = 16;
const environment = 'production';

const measured = [
  { server: 'alerts', tool: 'get_active_alerts', input: { environment } },
  { server: 'alerts', tool: 'find_runbooks', input: { text: 'errors after a deployment' } },
  { server: 'logs', tool: 'search_traces', input: { environment, limit: 5 } },
  { server: 'logs', tool: 'get_error_summary', input: { environment, top: 5 } },
] as const;

/** One tool on one side. */
interface Side {
  readonly latencyMs: Summary;
  /** Calls a second, one after the other, by round. */
  readonly sequential: Summary;
  readonly concurrent: Summary;
  readonly processorMsPerCall: number | undefined;
  readonly answerBytes: number;
}

interface Comparison {
  readonly server: string;
  readonly tool: string;
  readonly bare: Side;
  readonly governed: Side;
  /** Difference of the rounds' median latencies. */
  readonly overBareMs: Summary;
}

/** A governed tool against the same definition over the same backends on the bare SDK, in turns. */
export async function measureCalls(
  sandbox: BenchSandbox,
  folder: string,
  volume: Volume,
  say: Say,
): Promise<Section> {
  const comparisons: Comparison[] = [];
  for (const one of measured) {
    say(`calls: ${one.tool}`);
    const governed = startProcess(programOf(one.server), ['--config', sandbox.config]);
    const state = join(folder, `bare-state-${one.server}`);
    const bare = startProcess(bareToolsProgram, [sandbox.config, state, one.server]);
    comparisons.push(await compare({ ...one, bare, governed }, volume.calls));
    await Promise.all([governed.close(), bare.close()]);
  }
  return {
    name: 'calls',
    tables: [callsTable(comparisons, volume)],
    aims: comparisons.map(({ tool, overBareMs }) => aimOf(tool, overBareMs.median)),
    data: { concurrency, calls: comparisons },
  };
}

interface Pair {
  readonly server: string;
  readonly tool: string;
  readonly input: object;
  readonly bare: StdioProcess;
  readonly governed: StdioProcess;
}

async function compare(pair: Pair, volume: Volume['calls']): Promise<Comparison> {
  const { server, tool, input } = pair;
  const bare = recorder(pair.bare, tool, input);
  const governed = recorder(pair.governed, tool, input);
  for (const side of [bare, governed]) await side.warmUp(volume.warmUp);
  for (let round = 0; round < volume.rounds; round += 1) {
    // Whoever goes first in one round goes last in the next.
    const order = round % 2 === 0 ? [bare, governed] : [governed, bare];
    for (const side of order) await side.callInTurn(volume.sequential);
    for (const side of order) await side.callAtOnce(volume.concurrent);
  }
  const differences = governed.medians.map((median, round) => median - (bare.medians[round] ?? median));
  return {
    server,
    tool,
    bare: bare.result(),
    governed: governed.result(),
    overBareMs: summarise(differences),
  };
}

function recorder(process: StdioProcess, tool: string, input: object) {
  const latencies: number[] = [];
  const medians: number[] = [];
  const sequential: number[] = [];
  const concurrent: number[] = [];
  let [answerBytes, calls, since] = [0, 0, 0];
  const call = async () => {
    const begun = performance.now();
    const answer = await process.callTool(tool, input);
    if (answer.isError) throw new Error(`${tool}: ${answer.content[0]?.text}`);
    calls += 1;
    answerBytes = JSON.stringify(answer).length;
    return performance.now() - begun;
  };
  const perSecond = (count: number, begun: number) => (count / (performance.now() - begun)) * 1_000;
  return {
    medians,
    async warmUp(count: number) {
      await process.listTools();
      for (let done = 0; done < count; done += 1) await call();
      calls = 0;
      since = processFigures(process.pid)?.processorMs ?? 0;
    },
    async callInTurn(count: number) {
      const begun = performance.now();
      const round: number[] = [];
      while (round.length < count) round.push(await call());
      sequential.push(perSecond(count, begun));
      medians.push(summarise(round).median);
      latencies.push(...round);
    },
    async callAtOnce(count: number) {
      const begun = performance.now();
      let left = count;
      const caller = async () => {
        while (left-- > 0) await call();
      };
      await Promise.all(Array.from({ length: concurrency }, caller));
      concurrent.push(perSecond(count, begun));
    },
    result(): Side {
      const figures = processFigures(process.pid);
      return {
        latencyMs: summarise(latencies),
        sequential: summarise(sequential),
        concurrent: summarise(concurrent),
        processorMsPerCall: figures === undefined ? undefined : (figures.processorMs - since) / calls,
        answerBytes,
      };
    },
  };
}

function callsTable(comparisons: readonly Comparison[], { calls }: Volume): Table {
  const row = (name: string, side: Side, over: string) => [
    name,
    side.latencyMs.median.toFixed(2),
    side.latencyMs.min.toFixed(2),
    side.latencyMs.p99.toFixed(2),
    side.sequential.median.toFixed(0),
    side.concurrent.median.toFixed(0),
    side.processorMsPerCall?.toFixed(2) ?? '-',
    (side.answerBytes / 1_024).toFixed(1),
    over,
  ];
  return {
    title: 'A governed read against the same tool on the bare SDK',
    note: `Same definition, same backend, same sandbox; both processes stay open and take turns, ${calls.rounds} rounds of ${calls.sequential} calls in turn and ${calls.concurrent} calls ${concurrency} at a time. "over bare" is the median (min to max) of the rounds' differences. The governed side has its rate limit raised in devops-mcp.yaml and everything else as users have it.`,
    columns: [
      '',
      'p50 ms',
      'min',
      'p99',
      'calls/s',
      `calls/s x${concurrency}`,
      'CPU ms/call',
      'KiB',
      'over bare ms',
    ],
    rows: comparisons.flatMap(({ tool, bare, governed, overBareMs: { median, min, max } }) => [
      row(`${tool}, bare`, bare, ''),
      row(`${tool}, governed`, governed, `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`),
    ]),
  };
}

function aimOf(tool: string, overBareMs: number): Aim {
  return aimAtMost(`governed ${tool} over bare, median`, overBareMs, aimOverBareMs, 'ms');
}
