import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A folder of this run, in which sandboxes are made once for all files. */
    sandboxes: string;
  }
}

/** Makes the folder of a run; the sandboxes in it are made by whoever asks first. */
// biome-ignore lint/style/noDefaultExport: vitest calls a global set-up by its default export
export default async function shareFolder(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'devops-mcp-suite-'));
  project.provide('sandboxes', folder);
  return () => rm(folder, { recursive: true, force: true });
}
