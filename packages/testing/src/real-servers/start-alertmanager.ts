import { join } from 'node:path';
import { type ServerProcess, startServer } from './server-process.js';
import { writeFiles } from './write-files.js';

const silent = 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n';

/** A real Alertmanager of one, which by default notifies nobody. */
export function startAlertmanager(
  start: { readonly config?: string; readonly args?: readonly string[] } = {},
): Promise<ServerProcess> {
  return startServer({
    program: 'alertmanager',
    readyPath: '/-/ready',
    prepare: (folder) => writeFiles(folder, { 'alertmanager.yml': start.config ?? silent }),
    args: ({ port, folder }) => [
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      ...(start.args ?? []),
    ],
  });
}
