import { type Aim, aimAtMost, type Table } from '../report.js';
import type { PeerFigures, QuestionFigures, Unanswered } from './measure-peer.js';
import { ours } from './our-server.js';
import { type Question, questions, wordings } from './peer.js';

/** Aims of the issue. */
const aims = { overBare: 1.5, tokens: 2_000, memoryGrowth: 1.3, pingMs: 20 } as const;

export function startTable(figures: readonly PeerFigures[], bareMs: number, starts: number): Table {
  return {
    title: 'Start and memory',
    note: `Cold start: spawn until tools/list is answered, median of ${starts}; a bare SDK server needs ${bareMs.toFixed(0)} ms. Memory of the whole process tree in MiB, after the start and at its peak while the questions are asked. Tokens of tools/list (o200k_base).`,
    columns: ['', 'pods', 'start ms', 'x bare', 'RSS', 'peak', 'tools'],
    rows: figures.map(({ peer, pods, coldStartMs, startMiB, peakMiB, toolTokens }) => [
      ...[peer, String(pods), coldStartMs.median.toFixed(0), (coldStartMs.median / bareMs).toFixed(2)],
      ...[startMiB?.toFixed(0) ?? '-', peakMiB?.toFixed(0) ?? '-', String(toolTokens)],
    ]),
  };
}

export function questionTable(question: Question, figures: readonly PeerFigures[]): Table {
  return {
    title: `"${wordings[question]}"`,
    note: 'Calls that the answer takes; bytes and tokens (o200k_base) of their text; latency of all calls in turn; the slowest answer to a ping sent every 10 ms meanwhile.',
    columns: ['', 'pods', 'calls', 'bytes', 'tokens', 'ms', 'max ms', 'ping ms'],
    rows: figures.map(({ peer, pods, questions: answered }) => [
      peer,
      String(pods),
      ...cells(answered[question]),
    ]),
  };
}

function cells(figures: QuestionFigures | Unanswered | undefined): readonly string[] {
  if (figures === undefined || 'unable' in figures) return ['no tool for it', '-', '-', '-', '-', '-'];
  if ('failed' in figures) return ['failed', '-', '-', '-', '-', '-'];
  const { calls, bytes, tokens, latencyMs, longestPingMs } = figures;
  return [
    String(calls),
    String(bytes),
    String(tokens),
    latencyMs.median.toFixed(0),
    latencyMs.max.toFixed(0),
    longestPingMs.toFixed(0),
  ];
}

export function failuresOf(figures: readonly PeerFigures[]): readonly string[] {
  return figures.flatMap(({ peer, pods, questions: answered }) =>
    questions.flatMap((question) => {
      const found = answered[question];
      return found !== undefined && 'failed' in found
        ? [`${peer}, ${pods} pods, "${wordings[question]}": ${found.failed}`]
        : [];
    }),
  );
}

/** Ours alone is held to the aims; the best peer of the same size of cluster is what its latency is held to. */
export function aimsOf(figures: readonly PeerFigures[], bareMs: number): readonly Aim[] {
  const own = figures.filter(({ peer }) => peer === ours);
  const [first, last] = [own[0], own.at(-1)];
  const start = own.map(({ coldStartMs }) => coldStartMs.median);
  const growth =
    first?.peakMiB !== undefined && last?.peakMiB !== undefined && first !== last
      ? last.peakMiB / first.peakMiB
      : undefined;
  return [
    ...(start.length > 0
      ? [aimAtMost('cold start', Math.max(...start) / bareMs, aims.overBare, 'x bare SDK')]
      : []),
    ...own.flatMap((each) => questions.flatMap((question) => questionAims(each, question, figures))),
    ...(growth === undefined
      ? []
      : [aimAtMost(`peak memory, ${last?.pods} over ${first?.pods} pods`, growth, aims.memoryGrowth, 'x')]),
  ];
}

function questionAims(own: PeerFigures, question: Question, figures: readonly PeerFigures[]): readonly Aim[] {
  const answered = own.questions[question];
  const what = `"${wordings[question]}", ${own.pods} pods`;
  if (!isAnswered(answered))
    return [{ what, aim: 'an answer', figure: 'none', value: 1, limit: 0, met: false }];
  const others = figures
    .filter(({ peer, pods, judgesLatency }) => peer !== ours && judgesLatency && pods === own.pods)
    .map(({ questions: theirs }) => theirs[question]);
  const best = Math.min(...others.filter(isAnswered).map(({ latencyMs }) => latencyMs.median));
  return [
    aimAtMost(`${what}: answer`, answered.tokens, aims.tokens, 'tokens', 0),
    ...(Number.isFinite(best)
      ? [aimAtMost(`${what}: latency, beside the best peer`, answered.latencyMs.median, best, 'ms', 0)]
      : []),
    aimAtMost(`${what}: longest ping`, answered.longestPingMs, aims.pingMs, 'ms', 0),
  ];
}

function isAnswered(figures: QuestionFigures | Unanswered | undefined): figures is QuestionFigures {
  return figures !== undefined && 'tokens' in figures;
}
