import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { OtlpCompany } from './otlp-company.js';
import { processFigures } from './process-figures.js';
import type { Table } from './report.js';
import { programOf } from './servers.js';
import { type StdioProcess, startProcess, type ToolAnswer } from './stdio-process.js';
import { type Summary, summarise } from './summary.js';
import type { GeneratedTelemetry } from './telemetry-generator.js';

export interface Ingestion {
  readonly logLines: number;
  readonly spans: number;
  readonly bytes: number;
  /** Seconds of a plain Node program that reads the same files and parses every line. */
  readonly parseOnly: Summary;
  /** Seconds from the first call of a fresh server to its answer, over an empty state folder. */
  readonly firstAnswer: Summary;
  readonly logLinesPerSecond: number;
  readonly overParseOnly: number;
  readonly peakMiB: Summary | undefined;
}

/** Reads everything into an empty state, as often as asked, each time beside the plain program. */
export async function measureIngestion(
  company: OtlpCompany,
  telemetry: GeneratedTelemetry,
  repetitions: number,
): Promise<Ingestion> {
  const [parsing, answering, peaks]: [number[], number[], number[]] = [[], [], []];
  for (let done = 0; done < repetitions; done += 1) {
    parsing.push(await secondsOf(() => parseOnly(telemetry.folder)));
    await company.forget();
    const server = startProcess(programOf('logs'), ['--config', company.config]);
    await server.listTools();
    answering.push(await secondsOf(() => askUntilRead(server)));
    const figures = processFigures(server.pid);
    if (figures) peaks.push(figures.peakMiB);
    await server.close();
  }
  const [plain, first] = [summarise(parsing), summarise(answering)];
  return {
    ...{ logLines: telemetry.logLines, spans: telemetry.spans, bytes: telemetry.bytes },
    ...{ parseOnly: plain, firstAnswer: first },
    logLinesPerSecond: telemetry.logLines / first.median,
    overParseOnly: first.median / plain.median,
    peakMiB: peaks.length === 0 ? undefined : summarise(peaks),
  };
}

/** A call that runs into its deadline leaves what it has read; the next one goes on from there. */
export async function askUntilRead(server: StdioProcess): Promise<ToolAnswer> {
  for (let left = 20; ; left -= 1) {
    const answer = await server.callTool('get_error_summary', {
      environment: 'production',
      period: 'last_3h',
    });
    if (!answer.isError) return answer;
    const said = answer.content[0]?.text ?? '';
    if (left === 0 || !said.includes('(timeout')) throw new Error(said);
  }
}

async function parseOnly(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    let rest = '';
    for await (const chunk of createReadStream(join(folder, name), {
      encoding: 'utf8',
      highWaterMark: 1 << 20,
    })) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) JSON.parse(line);
    }
  }
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1_000;
}

export function ingestionTable(ingestions: readonly Ingestion[]): Table {
  const count = (value: number) => Math.round(value).toLocaleString('en-GB');
  return {
    title: 'OTLP ingestion through the logs server',
    note: 'From the first call over an empty state to its answer: read, decode, fingerprint, write Parquet, answer. The baseline is a plain Node program that reads the same files and parses every line with JSON.parse, in turns with it. Peak is the most that the server ever had resident.',
    columns: [
      'log lines',
      'spans',
      'MiB',
      'JSON.parse s',
      'first answer s',
      'min',
      'max',
      'log lines/s',
      'x JSON.parse',
      'peak MiB',
    ],
    rows: ingestions.map((each) => [
      count(each.logLines),
      count(each.spans),
      count(each.bytes / 2 ** 20),
      each.parseOnly.median.toFixed(2),
      ...[each.firstAnswer.median, each.firstAnswer.min, each.firstAnswer.max].map((value) =>
        value.toFixed(2),
      ),
      count(each.logLinesPerSecond),
      each.overParseOnly.toFixed(1),
      each.peakMiB?.median.toFixed(0) ?? '-',
    ]),
  };
}
