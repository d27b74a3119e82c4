import { randomBytes } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import type { RowOf, TableName } from '../decode/rows.js';
import { stagedLine } from './staged-line.js';

/** A file that rows of one table are collected in until they become a segment. */
export interface Stage<T extends TableName> {
  readonly path: string;
  add(row: RowOf[T]): void;
  rows(): number;
  bytes(): number;
  /** Ids of the files that its rows come from. */
  files(): readonly number[];
  /** Moves what was added from memory to the file. */
  write(): Promise<void>;
  close(): Promise<void>;
  remove(): Promise<void>;
}

/** Opens the file with the first row that is written. What a killed process leaves is swept by its ending. */
export function openStage<T extends TableName>(folder: string, table: T): Stage<T> {
  const path = join(folder, `stage-${randomBytes(8).toString('hex')}.tmp`);
  const lineOf = stagedLine[table];
  const files = new Set<number>();
  let handle: fs.FileHandle | undefined;
  let lines: string[] = [];
  let rows = 0;
  let bytes = 0;
  let lastFile = -1;
  return {
    path,
    add(row) {
      lines.push(lineOf(row));
      rows += 1;
      if (row.file_id !== lastFile) files.add(row.file_id);
      lastFile = row.file_id;
    },
    rows: () => rows,
    bytes: () => bytes,
    files: () => [...files],
    async write() {
      if (lines.length === 0) return;
      const content = Buffer.from(lines.join(''));
      lines = [];
      bytes += content.length;
      handle ??= await fs.open(path, 'wx', 0o600);
      await handle.appendFile(content);
    },
    async close() {
      await handle?.close();
      handle = undefined;
    },
    async remove() {
      await handle?.close();
      handle = undefined;
      await fs.rm(path, { force: true });
    },
  };
}
