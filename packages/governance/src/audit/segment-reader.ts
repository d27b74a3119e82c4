import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '@devops-mcp/contract';

/** A segment on disk. */
export interface SegmentPath {
  readonly directory: string;
  readonly file: string;
}

/** Longer than any record of ours can be. */
const longestLine = 1_048_576;

/** The segments of the folders, by name within each. A folder that is not there yet has none. */
export async function listSegments(directories: readonly string[]): Promise<readonly SegmentPath[]> {
  const found: SegmentPath[] = [];
  for (const directory of directories) {
    const names = await readdir(directory).catch((cause) => {
      if (cause.code === 'ENOENT') return [];
      throw cannotRead(cause);
    });
    for (const file of names.filter((name) => name.endsWith('.ndjson')).sort())
      found.push({ directory, file });
  }
  return found;
}

/**
 * The lines of a segment, in batches; then, alone in the last batch, what follows the last line feed.
 * That `torn` rest is a record whose writing was cut short, never one that was confirmed to anybody.
 */
export async function* readLines(
  segment: SegmentPath,
): AsyncGenerator<{ readonly lines: readonly string[] } | { readonly torn: string }> {
  let rest = '';
  const stream = createReadStream(join(segment.directory, segment.file), {
    encoding: 'utf8',
    highWaterMark: 262_144,
  });
  try {
    for await (const chunk of stream) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (lines.length > 0) yield { lines };
      // Keeps a file without line feeds from filling the memory; the beginning is enough to refuse it.
      if (rest.length > longestLine) rest = rest.slice(0, longestLine);
    }
  } catch (cause) {
    throw cannotRead(cause);
  }
  if (rest.length > 0) yield { torn: rest };
}

function cannotRead(cause: unknown): ToolError {
  return new ToolError('unavailable', 'The audit records cannot be read.', {
    hint: 'Run this as the user who may read the audit folder, and check that it is a folder.',
    cause,
  });
}
