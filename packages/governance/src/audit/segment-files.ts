import { mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What a log needs of a file system; tests make it fail. */
export interface SegmentFiles {
  /** Makes the folder (0700) when absent and a new file (0600) that can only be appended to. Rejects when it exists. */
  create(path: string): Promise<SegmentFile>;
  /** Removes a file that holds no record. */
  remove(path: string): Promise<void>;
}

export interface SegmentFile {
  /** Appends from the start of `bytes`; resolves to how many were taken, which may be fewer than given. */
  write(bytes: Uint8Array): Promise<number>;
  /** Resolves when what was written is on the device. */
  datasync(): Promise<void>;
  close(): Promise<void>;
}

export const localSegmentFiles: SegmentFiles = {
  async create(path) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const handle = await open(path, 'ax', 0o600);
    try {
      await syncFolder(dirname(path));
    } catch (cause) {
      await handle.close();
      throw cause;
    }
    return {
      write: async (bytes) => (await handle.write(bytes)).bytesWritten,
      datasync: () => handle.datasync(),
      close: () => handle.close(),
    };
  },
  remove: (path) => rm(path, { force: true }),
};

/** A file's name is part of its folder: without this a power cut can leave synced data under no name. */
async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders, and its file systems write names through.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
