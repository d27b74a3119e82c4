import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { JsonObject } from '@devops-mcp/contract';
import { syncFolder } from '../sync-folder.js';
import { followLines } from './follow-lines.js';

const maxLineBytes = 128 * 1024;
const maxBytes = 16 * 1024 * 1024;

/** Records by id in an NDJSON file; a later line with the same id replaces the earlier one. */
export interface RecordLog<R> {
  /** In the order in which the ids first occurred. A missing file has no records. */
  read(signal: AbortSignal): Promise<{ readonly records: readonly R[]; readonly garbageLines: number }>;
  /** Appends one line in one write and resolves when it is on disk. */
  append(record: JsonObject): Promise<void>;
}

export function openRecordLog<R extends { readonly id: string }>(
  path: string,
  parse: (line: string) => R | undefined,
): RecordLog<R> {
  const records = new Map<string, R>();
  const follower = followLines({
    path,
    maxLineBytes,
    maxBytes,
    reset: () => records.clear(),
    accept: (line) => {
      const record = parse(line);
      if (record) records.set(record.id, record);
      return record !== undefined;
    },
  });
  return {
    async read(signal) {
      try {
        const { garbageLines } = await follower.catchUp(signal);
        return { records: [...records.values()], garbageLines };
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
          records.clear();
          return { records: [], garbageLines: 0 };
        }
        throw error;
      }
    },
    async append(record) {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(path, constants.O_APPEND | constants.O_CREAT | constants.O_RDWR, 0o600);
      try {
        const line = `${(await endsInsideLine(file)) ? '\n' : ''}${JSON.stringify(record)}\n`;
        await file.appendFile(line);
        await file.sync();
      } finally {
        await file.close();
      }
      await syncFolder(dirname(path));
    },
  };
}

/** Another writer died in the middle of a line: ours must not be joined to it. */
async function endsInsideLine(file: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  return last[0] !== 10;
}
