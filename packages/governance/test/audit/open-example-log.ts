import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AuditLogOptions, openAuditLog } from '../../src/audit/index.js';
import { openMemoryStore } from '../../src/store/index.js';
import { plain } from './example-event.js';

/** A log over a store in memory, with a clock that stands still until it is moved. */
export async function openExampleLog(directory: string, change: Partial<AuditLogOptions> = {}) {
  const time = { now: new Date('2026-03-01T10:00:00.000Z') };
  const clock = () => time.now;
  const store = await openMemoryStore({ clock });
  let drawn = 0;
  const log = openAuditLog({
    directory,
    server: { name: 'metrics' },
    segments: store.segments,
    redactor: plain,
    clock,
    random: { hex: (bytes) => (++drawn).toString(16).padStart(bytes * 2, '0') },
    ...change,
  });
  return { log, store, time };
}

export function segmentFiles(directory: string): string[] {
  return readdirSync(directory).map((file) => join(directory, file));
}

export function recordsIn(directory: string) {
  return segmentFiles(directory).flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  );
}
