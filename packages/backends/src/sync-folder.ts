import { open } from 'node:fs/promises';

/** Makes a new file's name as durable as its content. Windows cannot open a folder for that. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
