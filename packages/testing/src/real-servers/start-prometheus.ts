import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programPath } from './programs.js';
import { type ServerProcess, startServer } from './server-process.js';
import { writeFiles } from './write-files.js';

export interface PrometheusStart {
  /** The text of `prometheus.yml`; without it nothing is scraped, not even itself. */
  readonly config?: string;
  /** Further files beside it, such as the rules that it names, by relative path. */
  readonly files?: Readonly<Record<string, string>>;
  /** An existing data folder, such as one that `createBlocks` has filled; it is left in place at `close`. */
  readonly dataFolder?: string;
  readonly args?: readonly string[];
}

/** A real Prometheus that keeps twenty years, so that replayed history is not dropped. */
export function startPrometheus(start: PrometheusStart = {}): Promise<ServerProcess> {
  return startServer({
    program: 'prometheus',
    readyPath: '/-/ready',
    prepare: (folder) => writeFiles(folder, { 'prometheus.yml': start.config ?? '{}\n', ...start.files }),
    args: ({ port, folder }) => [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${start.dataFolder ?? join(folder, 'data')}`,
      '--storage.tsdb.retention.time=20y',
      `--web.listen-address=127.0.0.1:${port}`,
      ...(start.args ?? []),
    ],
  });
}

/**
 * Turns samples with timestamps into blocks of Prometheus' storage, for the next `startPrometheus` over
 * the same data folder. The text is OpenMetrics: timestamps in seconds, each family's samples together,
 * `# EOF` at its end. Rejects with promtool's own words.
 */
export async function createBlocks(openMetricsText: string, dataFolder: string): Promise<void> {
  await mkdir(dataFolder, { recursive: true });
  const input = join(dataFolder, 'import.om');
  await writeFile(input, openMetricsText);
  try {
    const args = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', input, dataFolder];
    await promisify(execFile)(programPath('promtool'), args, { maxBuffer: 1 << 20 });
  } finally {
    await rm(input, { force: true });
  }
}
