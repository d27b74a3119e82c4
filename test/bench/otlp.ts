import { join } from 'node:path';
import { askUntilRead, type Ingestion, ingestionTable, measureIngestion } from './ingestion.js';
import { makeOtlpCompany } from './otlp-company.js';
import { aimAtMost, type Say, type Section, type Table } from './report.js';
import { programOf } from './servers.js';
import { type StdioProcess, startProcess } from './stdio-process.js';
import { type Summary, summarise } from './summary.js';
import { generateTelemetry } from './telemetry-generator.js';
import type { Volume } from './volume.js';

const environment = 'production';
const hourMs = 3_600_000;
const aimMs = 1_000;
const queries = [
  { server: 'logs', tool: 'get_error_summary', input: { environment, period: 'last_3h' } },
  { server: 'logs', tool: 'search_logs', input: { environment, period: 'last_3h', text: 'declined' } },
  { server: 'logs', tool: 'compare_traces', input: { environment, period: 'last_1h' } },
  { server: 'metrics', tool: 'find_anomalies', input: { environment, period: 'last_1h' } },
] as const;

interface QueryTime {
  readonly tool: string;
  readonly logLines: number;
  readonly ms: Summary;
  /** Median over the median of the smallest size. */
  readonly growth: number;
}

interface Size {
  readonly ingestion: Ingestion;
  readonly running: Readonly<Record<'logs' | 'metrics', StdioProcess>>;
}

/** Ingestion and warm queries at several sizes, so that growth can be seen; the sizes take turns. */
export async function measureOtlp(folder: string, volume: Volume['otlp'], say: Say): Promise<Section> {
  const now = Date.now();
  // Everything stays within the last three hours while the bench runs.
  const time = { start: new Date(now - 2.3 * hourMs), end: new Date(now) };
  const sizes: Size[] = [];
  try {
    for (const logLines of volume.logLines) {
      sizes.push(await prepare(join(folder, String(logLines)), logLines, time, volume.ingestions, say));
    }
    const times = await measureQueries(sizes, volume.queries, say);
    const largest = times.filter(({ tool }) => tool === 'get_error_summary').at(-1);
    const what = `warm get_error_summary over ${(largest?.logLines ?? 0).toLocaleString('en-GB')} log lines`;
    return {
      name: 'otlp',
      tables: [ingestionTable(sizes.map(({ ingestion }) => ingestion)), queryTable(times, volume.queries)],
      aims: largest === undefined ? [] : [aimAtMost(what, largest.ms.median, aimMs, 'ms', 0)],
      data: { otlp: { ingestion: sizes.map(({ ingestion }) => ingestion), queries: times } },
    };
  } finally {
    for (const { running } of sizes) await Promise.all([running.logs.close(), running.metrics.close()]);
  }
}

async function prepare(
  folder: string,
  logLines: number,
  time: { readonly start: Date; readonly end: Date },
  ingestions: number,
  say: Say,
): Promise<Size> {
  say(`otlp: writing ${logLines} log lines`);
  const telemetry = await generateTelemetry(join(folder, 'telemetry'), logLines, time);
  const company = await makeOtlpCompany(folder, telemetry.folder);
  say(`otlp: reading ${logLines} log lines`);
  const ingestion = await measureIngestion(company, telemetry, ingestions);
  const start = (server: 'logs' | 'metrics') => startProcess(programOf(server), ['--config', company.config]);
  const running = { logs: start('logs'), metrics: start('metrics') };
  await Promise.all([running.logs.listTools(), running.metrics.listTools()]);
  await askUntilRead(running.logs);
  return { ingestion, running };
}

async function measureQueries(
  sizes: readonly Size[],
  rounds: number,
  say: Say,
): Promise<readonly QueryTime[]> {
  const measured = queries.flatMap((query) => sizes.map((size) => ({ query, size, ms: [] as number[] })));
  // The first round opens what each tool needs and does not count: the aim is about warm answers.
  for (let round = 0; round <= rounds; round += 1) {
    say(`otlp: queries, round ${round} of ${rounds}`);
    for (const { query, size, ms } of measured) {
      const begun = performance.now();
      const answer = await size.running[query.server].callTool(query.tool, query.input);
      if (answer.isError) throw new Error(`${query.tool}: ${answer.content[0]?.text}`);
      if (round > 0) ms.push(performance.now() - begun);
    }
  }
  const times = measured.map(({ query, size, ms }) => ({
    tool: query.tool,
    logLines: size.ingestion.logLines,
    ms: summarise(ms),
  }));
  return times.map((each) => {
    const smallest = times.find(({ tool }) => tool === each.tool);
    return { ...each, growth: each.ms.median / (smallest?.ms.median ?? each.ms.median) };
  });
}

function queryTable(times: readonly QueryTime[], rounds: number): Table {
  const smallest = Math.min(...times.map(({ logLines }) => logLines));
  return {
    title: 'Warm answers over OTLP by size, ms',
    note: `Medians of ${rounds} interleaved rounds through the servers, as clients get them. "x smallest" compares with the same tool over the smallest size; "x lines" is what linear growth would be. Signals of find_anomalies come from spans here.`,
    columns: ['', 'log lines', 'median', 'min', 'max', 'x smallest', 'x lines'],
    rows: times.map(({ tool, logLines, ms, growth }) => [
      tool,
      logLines.toLocaleString('en-GB'),
      ...[ms.median, ms.min, ms.max].map((value) => value.toFixed(0)),
      growth.toFixed(1),
      (logLines / smallest).toFixed(1),
    ]),
  };
}
