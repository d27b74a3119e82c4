import {
  dependenciesContract,
  logsContract,
  logsWorld,
  metricsContract,
  metricsWorld,
  tracesContract,
  tracesWorld,
} from '@devops-mcp/domain/contract-tests';
import { afterAll, describe, it } from 'vitest';
import { type Line, logLine, metricLines, spanLine } from './otlp-json.js';
import { type Ports, removeFolders, telemetryFolder } from './sandbox-folder.js';

afterAll(removeFolders);

/** One process for all cases of a port: what was read once is kept, as it is in a server. */
function holding(lines: () => readonly Line[]): () => Promise<Ports> {
  let ports: Promise<Ports> | undefined;
  return () => {
    ports ??= (async () => {
      const folder = await telemetryFolder();
      await folder.write('telemetry.jsonl', lines());
      return folder.open();
    })();
    return ports;
  };
}

const logs = holding(() => logsWorld().map(logLine));
const metrics = holding(() => metricLines(metricsWorld()));
const traces = holding(() => tracesWorld().map((span) => spanLine(span)));

describe('otlp keeps the contract of', () => {
  for (const contractCase of [
    ...logsContract(async () => (await logs()).logs),
    ...metricsContract(async () => (await metrics()).metrics),
    ...dependenciesContract(async () => (await traces()).dependencies),
    ...tracesContract(async () => (await traces()).traces),
  ])
    it(contractCase.name, contractCase.run);
});
