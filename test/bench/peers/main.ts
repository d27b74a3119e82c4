// npm run bench:peers: our answers about a Kubernetes cluster beside those of other servers, in one run.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describeMachine, renderMachine } from '../machine.js';
import { renderTable } from '../report.js';
import { bareProgram, root } from '../servers.js';
import { endAllProcesses } from '../stdio-process.js';
import { summarise } from '../summary.js';
import { knownPeers } from './known-peers.js';
import { coldStarts, measurePeer, type PeerFigures } from './measure-peer.js';
import { ourServer } from './our-server.js';
import { type Peer, peersSchema, questions } from './peer.js';
import { type PeersOptions, readPeersOptions } from './peers-options.js';
import { aimsOf, failuresOf, questionTable, startTable } from './peers-report.js';
import { startCluster } from './start-cluster.js';

try {
  await bench(readPeersOptions(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function bench(options: PeersOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'devops-mcp-peers-'));
  const machine = describeMachine(root);
  print(renderMachine(machine));
  const repetitions = options.quick ? { starts: 1, questions: 1 } : { starts: 7, questions: 5 };
  try {
    const bare = { command: process.execPath, args: [bareProgram], env: {} };
    const bareStart = summarise(await coldStarts(bare, repetitions.starts));
    const peers =
      options.peers === undefined
        ? await knownPeers(warn)
        : peersSchema.parse(JSON.parse(await readFile(options.peers, 'utf8')));
    const figures: PeerFigures[] = [];
    for (const pods of options.pods)
      figures.push(...(await measureAll(pods, peers, folder, options, repetitions)));
    const aims = options.withoutOurs ? [] : aimsOf(figures, bareStart.median);
    print(renderTable(startTable(figures, bareStart.median, repetitions.starts)));
    for (const question of questions) print(renderTable(questionTable(question, figures)));
    for (const failure of failuresOf(figures)) print(`failed: ${failure}`);
    const rows = aims.map(({ what, figure, aim, met }) => [what, figure, aim, met ? 'met' : 'MISSED']);
    const note = `${aims.filter(({ met }) => met).length} of ${aims.length} met.`;
    print(renderTable({ title: 'Aims', note, columns: ['', 'measured', 'aim', ''], rows }));
    const load = { before: machine.load, after: describeMachine(root).load };
    print(`Load at the end: ${load.after.join(' ')}`);
    const data = {
      version: 1,
      quick: options.quick,
      machine: { ...machine, load },
      bareStart,
      aims,
      figures,
    };
    if (options.json !== undefined)
      await writeFile(resolve(options.json), `${JSON.stringify(data, null, 2)}\n`);
  } finally {
    endAllProcesses();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureAll(
  pods: number,
  peers: readonly Peer[],
  folder: string,
  options: PeersOptions,
  repetitions: { starts: number; questions: number },
): Promise<readonly PeerFigures[]> {
  const cluster = await startCluster(pods, folder);
  try {
    const own = options.withoutOurs ? [] : [await ourServer(cluster, folder)];
    const figures: PeerFigures[] = [];
    for (const peer of [...own, ...peers]) {
      try {
        figures.push(await measurePeer(peer, cluster.facts, pods, repetitions));
      } catch (error) {
        if (own.includes(peer)) throw error;
        warn(
          `${peer.name} did not run and is left out: ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`,
        );
      }
    }
    return figures;
  } finally {
    await cluster.close();
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function warn(message: string): void {
  process.stderr.write(`${message}\n`);
}
