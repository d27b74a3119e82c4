import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ServerProcess, startServer } from './server-process.js';

export interface NodeExporter extends ServerProcess {
  /** Replaces what the textfile collector shows beside this machine's own figures: Prometheus text without timestamps. */
  showMetrics(text: string): Promise<void>;
}

/** A real node exporter: a target to scrape, whose further series a test can set. */
export async function startNodeExporter(
  start: { readonly args?: readonly string[] } = {},
): Promise<NodeExporter> {
  const server = await startServer({
    program: 'node-exporter',
    readyPath: '/metrics',
    prepare: async (folder) => {
      await mkdir(join(folder, 'textfile'));
    },
    args: ({ port, folder }) => [
      `--web.listen-address=127.0.0.1:${port}`,
      '--collector.disable-defaults',
      ...['cpu', 'loadavg', 'meminfo', 'stat', 'time', 'uname', 'textfile'].map(
        (name) => `--collector.${name}`,
      ),
      `--collector.textfile.directory=${join(folder, 'textfile')}`,
      ...(start.args ?? []),
    ],
  });
  const showMetrics = async (text: string) => {
    const path = join(server.folder, 'textfile', 'shown.prom');
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  };
  return { ...server, showMetrics };
}
