import { processFigures } from './process-figures.js';
import type { StdioProcess } from './stdio-process.js';
import { type Summary, summarise } from './summary.js';

/** What calls of one tool in one process cost. */
export interface CallFigures {
  readonly latencyMs: Summary;
  /** Calls a second, by round. */
  readonly inTurnPerSecond: Summary;
  readonly atOncePerSecond: Summary;
  readonly processorMsPerCall: number | undefined;
  readonly answerBytes: number;
}

export interface CallRecorder {
  warmUp(calls: number): Promise<void>;
  callOnce(): Promise<void>;
  /** Ends a round of single calls; gives its median latency in milliseconds. */
  endRound(): number;
  callAtOnce(calls: number, concurrency: number): Promise<void>;
  figures(): CallFigures;
}

export function recordCalls(process: StdioProcess, tool: string, input: object): CallRecorder {
  const [all, inTurn, atOnce]: [number[], number[], number[]] = [[], [], []];
  let round: number[] = [];
  let [answerBytes, calls, processorSince] = [0, 0, 0];
  const call = async () => {
    const begun = performance.now();
    const answer = await process.callTool(tool, input);
    const lasted = performance.now() - begun;
    if (answer.isError) throw new Error(`${tool}: ${answer.content[0]?.text}`);
    calls += 1;
    answerBytes = JSON.stringify(answer).length;
    return lasted;
  };
  return {
    async warmUp(count) {
      await process.listTools();
      for (let done = 0; done < count; done += 1) await call();
      calls = 0;
      processorSince = processFigures(process.pid)?.processorMs ?? 0;
    },
    async callOnce() {
      round.push(await call());
    },
    endRound() {
      const { median } = summarise(round);
      all.push(...round);
      inTurn.push((round.length * 1_000) / round.reduce((sum, each) => sum + each, 0));
      round = [];
      return median;
    },
    async callAtOnce(count, concurrency) {
      const begun = performance.now();
      let left = count;
      const caller = async () => {
        while (left-- > 0) await call();
      };
      await Promise.all(Array.from({ length: concurrency }, caller));
      atOnce.push((count * 1_000) / (performance.now() - begun));
    },
    figures() {
      const present = processFigures(process.pid);
      return {
        latencyMs: summarise(all),
        inTurnPerSecond: summarise(inTurn),
        atOncePerSecond: summarise(atOnce),
        processorMsPerCall: present && (present.processorMs - processorSince) / calls,
        answerBytes,
      };
    },
  };
}
