import type { FileList } from '../reader/telemetry-files.js';
import type { FileEntry, Manifest } from './manifest.js';

const mostHints = 4;

const tails: Readonly<Record<FileEntry['tail'], string | undefined>> = {
  clean: undefined,
  torn: 'the last line is unfinished',
  truncated: 'the compressed stream stops early',
  corrupt: 'it cannot be decompressed to its end',
};

/**
 * One line for each file that could not be read whole, the worst first, cut at four. Each table has read
 * every file; what the one that judged most of its lines says of a file is what counts.
 */
export function fileHints(manifests: readonly Manifest[], files: FileList): readonly string[] {
  const worst = new Map<string, FileEntry>();
  for (const entry of manifests.flatMap((manifest) => manifest.files)) {
    const known = worst.get(entry.path);
    if (known === undefined || weightOf(entry) > weightOf(known)) worst.set(entry.path, entry);
  }
  const troubled = [...worst.values()]
    .map((entry) => ({ entry, text: trouble(entry) }))
    .filter(({ text }) => text !== '')
    .sort((a, b) => b.entry.garbage - a.entry.garbage || a.entry.path.localeCompare(b.entry.path));
  const hints = troubled.slice(0, mostHints).map(({ entry, text }) => `${entry.path}: ${text}.`);
  if (troubled.length > mostHints)
    hints.push(`${troubled.length - mostHints} more telemetry files could not be read whole.`);
  if (files.files.length === 0)
    hints.push('The telemetry folder holds no .json, .jsonl or .ndjson files, plain, .gz or .zst.');
  if (files.cut) hints.push(`Only the first ${files.files.length} telemetry files are read.`);
  return hints;
}

function weightOf(entry: FileEntry): number {
  return (entry.garbage + entry.tooLong) * 2 + (entry.tail === 'clean' ? 0 : 1);
}

function trouble(entry: FileEntry): string {
  if (entry.encoding === 'binary') return 'not OTLP JSON (is the exporter set to `format: proto`?)';
  const parts: string[] = [];
  if (entry.garbage > 0)
    parts.push(`${entry.garbage} of ${entry.lines} lines are not OTLP JSON and were skipped`);
  if (entry.tooLong > 0)
    parts.push(`${entry.tooLong} lines are longer than the bound or cannot be decompressed and were skipped`);
  const tail = tails[entry.tail];
  if (tail !== undefined) parts.push(tail);
  return parts.join('; ');
}
