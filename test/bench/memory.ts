import type { BenchSandbox } from './bench-sandbox.js';
import { noFigures, processFigures } from './process-figures.js';
import type { Say, Table } from './report.js';
import { bareProgram, programOf, type ServerName, serverNames } from './servers.js';
import { startProcess } from './stdio-process.js';

export interface Memory {
  readonly name: string;
  readonly tool: string;
  readonly listedMiB: number;
  readonly calledMiB: number;
  readonly peakMiB: number;
  readonly overBare: number;
}

const environment = 'production';
const reads: Readonly<Record<ServerName, (service: string) => readonly [string, object]>> = {
  metrics: () => ['find_anomalies', { environment }],
  logs: () => ['get_error_summary', { environment }],
  deployments: () => ['get_deployment_history', { environment }],
  alerts: () => ['get_active_alerts', { environment }],
  rollback: (service) => ['plan_rollback', { environment, service }],
};

/** Resident memory after tools/list and after many calls of one tool. Undefined where it cannot be read. */
export async function measureMemory(
  sandbox: BenchSandbox,
  calls: number,
  say: Say,
): Promise<readonly Memory[] | undefined> {
  if (processFigures(process.pid) === undefined) return undefined;
  const bare = await fill('bare SDK server', bareProgram, [], ['echo_text', { text: 'hello' }], calls);
  const results = [bare];
  for (const name of serverNames) {
    say(`memory: ${name}`);
    const read = reads[name](sandbox.service);
    results.push(await fill(name, programOf(name), ['--config', sandbox.config], read, calls));
  }
  return results.map((each) => ({ ...each, overBare: each.calledMiB / bare.calledMiB }));
}

async function fill(
  name: string,
  program: string,
  args: readonly string[],
  [tool, input]: readonly [string, object],
  calls: number,
): Promise<Omit<Memory, 'overBare'>> {
  const server = startProcess(program, args);
  await server.listTools();
  const listed = processFigures(server.pid);
  for (let done = 0; done < calls; done += 1) {
    const answer = await server.callTool(tool, input);
    if (answer.isError) throw new Error(`${name} ${tool}: ${answer.content[0]?.text}`);
  }
  const called = processFigures(server.pid);
  await server.close();
  return {
    ...{ name, tool },
    listedMiB: listed?.residentMiB ?? 0,
    calledMiB: called?.residentMiB ?? 0,
    peakMiB: called?.peakMiB ?? 0,
  };
}

export function memoryTable(memory: readonly Memory[] | undefined, calls: number): Table {
  return {
    title: 'Resident memory, MiB',
    note:
      memory === undefined
        ? `Omitted: ${noFigures}.`
        : `After tools/list, and after ${calls} calls of one tool, one process each. "x bare" compares the latter with the bare SDK server. DuckDB and git are part of it where the tool uses them.`,
    columns: ['', 'after list', `after ${calls} calls`, 'peak', 'x bare', 'tool'],
    rows: (memory ?? []).map(({ name, tool, listedMiB, calledMiB, peakMiB, overBare }) => [
      name,
      ...[listedMiB, calledMiB, peakMiB].map((value) => value.toFixed(0)),
      overBare.toFixed(2),
      tool,
    ]),
  };
}
