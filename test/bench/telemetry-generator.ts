import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { otlpLine } from './otlp-line.js';
import { createRequests, logLinesPerRequest, spansPerRequest } from './requests.js';

export interface GeneratedTelemetry {
  readonly folder: string;
  readonly logLines: number;
  readonly spans: number;
  readonly bytes: number;
}

const recordsPerLine = 200;

/**
 * Writes log lines and spans as the collector's file exporter does: one export request a line, of one
 * instance. A request leaves sixteen log lines and four spans; one line in fifty is an error with a
 * stack trace, more of them at the end. Everything lies between `start` and `end`.
 */
export async function generateTelemetry(
  folder: string,
  logLines: number,
  { start, end }: { readonly start: Date; readonly end: Date },
): Promise<GeneratedTelemetry> {
  await mkdir(folder, { recursive: true });
  const logs = openSignal(join(folder, 'logs.jsonl'), 'logs');
  const traces = openSignal(join(folder, 'traces.jsonl'), 'spans');
  const total = Math.ceil(logLines / logLinesPerRequest);
  const next = createRequests(start.getTime() * 1_000, end.getTime() * 1_000, total);
  for (let done = 0; done < total; done += 1) {
    for (const { instance, logRecords, spanRecord } of next()) {
      await logs.add(instance, logRecords);
      await traces.add(instance, [spanRecord]);
    }
  }
  const bytes = (await logs.end()) + (await traces.end());
  return { folder, bytes, logLines: total * logLinesPerRequest, spans: total * spansPerRequest };
}

/** Collects the records of each instance until they fill an export request. */
function openSignal(file: string, signal: 'logs' | 'spans') {
  const stream = createWriteStream(file);
  const waiting = new Map<number, string[]>();
  const write = async (instance: number, records: readonly string[]) => {
    if (records.length === 0) return;
    if (!stream.write(otlpLine(signal, instance, records))) await once(stream, 'drain');
  };
  return {
    async add(instance: number, records: readonly string[]) {
      const known = waiting.get(instance) ?? [];
      known.push(...records);
      waiting.set(instance, known);
      if (known.length < recordsPerLine) return;
      await write(instance, known);
      waiting.set(instance, []);
    },
    async end() {
      for (const [instance, records] of waiting) await write(instance, records);
      return finish(stream);
    },
  };
}

async function finish(stream: WriteStream): Promise<number> {
  stream.end();
  await once(stream, 'close');
  return stream.bytesWritten;
}
