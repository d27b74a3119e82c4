import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const record = z.object({
  version: z.literal(1),
  at: z.iso.datetime(),
  /** Ways in which this user may change production without the suite. */
  ways: z.number().int().min(0),
});
export type ExposureRecord = z.output<typeof record>;

/** A finding older than this says little of what the machine holds now. */
const countsForMs = 30 * 86_400_000;

/** Keeps what `devops-mcp doctor --exposure` found: how much and when, and no names. */
export async function writeExposureRecord(
  stateDir: string,
  found: Omit<ExposureRecord, 'version'>,
): Promise<void> {
  const file = fileIn(stateDir);
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify({ version: 1, ...found })}\n`, { mode: 0o600 });
  await rename(draft, file);
}

/** The last finding when it is at most 30 days old; undefined when nobody looked, or found nothing. */
export async function recentExposure(stateDir: string, now: Date): Promise<ExposureRecord | undefined> {
  try {
    const found = record.parse(JSON.parse(await readFile(fileIn(stateDir), 'utf8')));
    return found.ways > 0 && now.getTime() - Date.parse(found.at) <= countsForMs ? found : undefined;
  } catch {
    // Not there, or not ours: nobody looked.
    return undefined;
  }
}

function fileIn(stateDir: string): string {
  return join(stateDir, 'exposure.json');
}
