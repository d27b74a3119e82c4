import { countTokens } from '../count-tokens.js';
import { type StdioProcess, startCommand } from '../stdio-process.js';
import { type Summary, summarise } from '../summary.js';
import { type Call, filled, type Peer, type Question, questions } from './peer.js';
import { treePeakMiB, treeResidentMiB } from './process-tree.js';
import type { Facts } from './start-cluster.js';

export interface QuestionFigures {
  readonly calls: number;
  readonly bytes: number;
  readonly tokens: number;
  readonly latencyMs: Summary;
  /** The slowest answer to a ping that was sent every 10 ms meanwhile. */
  readonly longestPingMs: number;
}

/** Why a question has no figures: the server has no tool for it, or its call failed. */
export type Unanswered = { readonly failed: string } | { readonly unable: true };

export interface PeerFigures {
  readonly peer: string;
  readonly judgesLatency: boolean;
  readonly pods: number;
  readonly coldStartMs: Summary;
  readonly startMiB: number | undefined;
  readonly peakMiB: number | undefined;
  readonly toolTokens: number;
  readonly questions: Readonly<Partial<Record<Question, QuestionFigures | Unanswered>>>;
}

export interface Repetitions {
  readonly starts: number;
  readonly questions: number;
}

const pingEveryMs = 10;
const sampleEveryMs = 10;
const longestCallMs = 120_000;

export async function measurePeer(
  given: Peer,
  facts: Facts,
  pods: number,
  repetitions: Repetitions,
): Promise<PeerFigures> {
  const peer = filled(given, facts);
  const starts = await coldStarts(peer, repetitions.starts);
  const server = startCommand(peer.command, peer.args, peer.env);
  const { tools } = await server.listTools();
  const startMiB = treeResidentMiB(server.pid);
  const peak = followPeak(server.pid);
  const figures: [Question, QuestionFigures | Unanswered][] = [];
  for (const question of questions) {
    const calls = peer.questions[question];
    figures.push([question, calls ? await measured(server, calls, repetitions.questions) : { unable: true }]);
  }
  const peakMiB = peak();
  await server.close();
  return {
    ...{
      peer: peer.name,
      judgesLatency: peer.judgesLatency,
      pods,
      coldStartMs: summarise(starts),
      startMiB,
      peakMiB,
    },
    toolTokens: countTokens(tools),
    questions: Object.fromEntries(figures),
  };
}

/** The first start fills the disk's cache and does not count. */
export async function coldStarts(
  peer: Pick<Peer, 'command' | 'args' | 'env'>,
  count: number,
): Promise<readonly number[]> {
  const lasted: number[] = [];
  for (let start = 0; start <= count; start += 1) {
    const server = startCommand(peer.command, peer.args, peer.env);
    await server.listTools();
    if (start > 0) lasted.push(server.age());
    await server.close();
  }
  return lasted;
}

/** The first answer is warm-up; what its connections and first imports cost is in the memory, not in the latency. */
async function measured(
  server: StdioProcess,
  calls: readonly Call[],
  repetitions: number,
): Promise<QuestionFigures | Unanswered> {
  const lasted: number[] = [];
  let texts: readonly string[] = [];
  let longestPingMs = 0;
  for (let round = 0; round <= repetitions; round += 1) {
    const pings = startPinging(server);
    const begun = performance.now();
    try {
      texts = await answers(server, calls);
    } catch (error) {
      await pings();
      return { failed: error instanceof Error ? error.message.slice(0, 200) : String(error) };
    }
    if (round > 0) lasted.push(performance.now() - begun);
    longestPingMs = Math.max(longestPingMs, await pings());
  }
  return {
    ...{ calls: calls.length, bytes: sum(texts.map((text) => Buffer.byteLength(text))) },
    ...{ tokens: sum(texts.map(countTokens)), latencyMs: summarise(lasted), longestPingMs },
  };
}

async function answers(server: StdioProcess, calls: readonly Call[]): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const { tool, input } of calls) {
    const answer = await within(server.callTool(tool, input), tool);
    const text = answer.content.map((each) => each.text ?? '').join('\n');
    if (answer.isError) throw new Error(`${tool}: ${text}`);
    texts.push(text);
  }
  return texts;
}

async function within<T>(answer: Promise<T>, tool: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${tool}: no answer within ${longestCallMs} ms`)),
      longestCallMs,
    );
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** Pings until the returned function is called, which gives the longest time to an answer. */
function startPinging(server: StdioProcess): () => Promise<number> {
  const open: Promise<void>[] = [];
  let longest = 0;
  const ping = () => {
    const begun = performance.now();
    const answered = server.request('ping').then(
      () => {
        longest = Math.max(longest, performance.now() - begun);
      },
      () => undefined,
    );
    open.push(answered);
  };
  ping();
  const timer = setInterval(ping, pingEveryMs);
  return async () => {
    clearInterval(timer);
    await Promise.all(open);
    return longest;
  };
}

/** Follows the memory of a process tree; children that live for one call are seen by looking often. */
function followPeak(pid: number): () => number | undefined {
  let peak = treeResidentMiB(pid);
  const timer = setInterval(() => {
    const present = treeResidentMiB(pid);
    if (present !== undefined) peak = Math.max(peak ?? 0, present);
  }, sampleEveryMs);
  return () => {
    clearInterval(timer);
    const ever = treePeakMiB(pid);
    return peak === undefined || ever === undefined ? peak : Math.max(peak, ever);
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}
