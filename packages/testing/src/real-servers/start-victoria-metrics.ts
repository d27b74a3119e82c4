import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ServerProcess, startServer } from './server-process.js';

export interface VictoriaMetrics extends ServerProcess {
  /**
   * Stores samples with timestamps in seconds, as OpenMetrics has them, and returns when queries see
   * them. Types, help and exemplars are not stored; a sample without a timestamp is refused.
   */
  importOpenMetrics(text: string): Promise<void>;
}

/** A real VictoriaMetrics that keeps a century and answers with what was stored a moment ago. */
export async function startVictoriaMetrics(
  start: { readonly dataFolder?: string; readonly args?: readonly string[] } = {},
): Promise<VictoriaMetrics> {
  const server = await startServer({
    program: 'victoria-metrics',
    readyPath: '/health',
    args: ({ port, folder }) => [
      `-httpListenAddr=127.0.0.1:${port}`,
      `-storageDataPath=${start.dataFolder ?? join(folder, 'data')}`,
      '-retentionPeriod=100y',
      // By default the last 30 seconds are hidden, and answers are cached for a while.
      '-search.latencyOffset=0s',
      '-search.disableCache',
      '-memory.allowedBytes=128MB',
      ...(start.args ?? []),
    ],
  });
  return { ...server, importOpenMetrics: (text) => importText(server.address, text) };
}

interface Sample {
  /** Name and labels as they were written, which is also a selector. */
  readonly series: string;
  readonly value: string;
  readonly timeMs: number;
}

const chunkLines = 50_000;
const visibleWithinMs = 10_000;

async function importText(address: string, text: string): Promise<void> {
  const samples = text.split('\n').flatMap(sampleOf);
  for (let start = 0; start < samples.length; start += chunkLines) {
    // The exposition format of Prometheus has timestamps in milliseconds where OpenMetrics has seconds.
    const lines = samples
      .slice(start, start + chunkLines)
      .map((one) => `${one.series} ${one.value} ${one.timeMs}\n`);
    await ask(`${address}/api/v1/import/prometheus`, { method: 'POST', body: lines.join('') });
  }
  await ask(`${address}/internal/force_flush`, {});
  await untilVisible(address, samples);
}

function sampleOf(line: string): readonly Sample[] {
  const found = /^([^\s{#]+(?:\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?) +(\S+) +(\S+)/u.exec(line);
  const [, series, value, seconds] = found ?? [];
  if (series === undefined || value === undefined) {
    if (line !== '' && !line.startsWith('#')) throw new Error(`not a sample with a timestamp: ${line}`);
    return [];
  }
  return [{ series, value, timeMs: Math.round(Number(seconds) * 1000) }];
}

/** The index of the current day is brought up to date about once a second, whatever was flushed. */
async function untilVisible(address: string, samples: readonly Sample[]): Promise<void> {
  const numbers = samples.filter(({ value }) => Number.isFinite(Number(value)));
  const newest = numbers.reduce<Sample | undefined>((a, b) => (a && a.timeMs > b.timeMs ? a : b), undefined);
  if (newest === undefined) return;
  const query = new URLSearchParams({ query: newest.series, time: String(newest.timeMs / 1000) });
  const until = Date.now() + visibleWithinMs;
  while (Date.now() < until) {
    if (!(await ask(`${address}/api/v1/query?${query}`, {})).includes('"result":[]')) return;
    await sleep(100);
  }
  throw new Error(`VictoriaMetrics does not show ${newest.series} after ${visibleWithinMs} ms`);
}

async function ask(url: string, init: RequestInit): Promise<string> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`VictoriaMetrics answered ${response.status}: ${text.slice(0, 300)}`);
  return text;
}
