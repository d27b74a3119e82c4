import { fileURLToPath } from 'node:url';
import { ToolError } from '@devops-mcp/contract';
import { applyEdits, modify, type ParseError, parse, parseTree } from 'jsonc-parser';
import { z } from 'zod';
import { type ServerCommand, type ServerName, serverCommand, serverNames } from '../mcp/server-bins.js';
import { type ClientFile, type ClientName, clientFile } from './clients.js';
import { backupOf, type FileChange, readIfThere } from './file-change.js';

/** Names of entries; nothing else in a client's file is touched. */
const single = 'devops-suite';
const entryNames: readonly string[] = [...serverNames.map((name) => `devops-${name}`), single];

export interface EntryOptions {
  /** Absolute path of devops-mcp.yaml. */
  readonly config: string;
  readonly servers: readonly ServerName[];
  /** One process for all of them, by `devops-mcp serve`. */
  readonly single: boolean;
}

/** The client's file with our entries added or renewed; everything else in it stays, comments too. */
export async function addEntries(client: ClientName, options: EntryOptions): Promise<FileChange> {
  const target = clientFile(client);
  const before = await readIfThere(target.file);
  const entries = entriesFor(target, options);
  const present = ours(before, target);
  const stale = present.filter((name) => !(name in entries));
  const cleared = stale.reduce((text, name) => edited(text, [target.key, name], undefined), before ?? '{}\n');
  const after = Object.entries(entries).reduce(
    (text, [name, entry]) => edited(text, [target.key, name], entry),
    cleared,
  );
  return { file: target.file, before, after, backup: present.length === 0 };
}

/** The client's file without our entries; a file that held nothing else and was made here is taken away. */
export async function removeEntries(client: ClientName): Promise<FileChange> {
  const target = clientFile(client);
  const before = await readIfThere(target.file);
  if (before === null) return { file: target.file, before, after: null, backup: false };
  const names = ours(before, target);
  const after = names.reduce((text, name) => edited(text, [target.key, name], undefined), before);
  const emptied = names.length > 0 && after.replace(/\s/g, '') === `{"${target.key}":{}}`;
  const made = emptied && (await readIfThere(backupOf(target.file))) === null;
  return { file: target.file, before, after: made ? null : after, backup: false };
}

function entriesFor({ key }: ClientFile, { config, servers, single: together }: EntryOptions) {
  const entry = ({ command, args }: ServerCommand) => ({
    ...(key === 'servers' ? { type: 'stdio' } : {}),
    command,
    args: [...args, '--config', config],
  });
  if (together) {
    const main = fileURLToPath(new URL('../main.js', import.meta.url));
    return { [single]: entry({ command: process.execPath, args: [main, 'serve', ...servers] }) };
  }
  return Object.fromEntries(servers.map((name) => [`devops-${name}`, entry(lasting(name))]));
}

/** What npx fetched may be gone tomorrow; it is fetched again then. */
function lasting(name: ServerName): ServerCommand {
  const found = serverCommand(name);
  const fetched = found.args.some((arg) => /[\\/]_npx[\\/]/.test(arg));
  return fetched ? { command: 'npx', args: ['--yes', `@devops-mcp/${name}`] } : found;
}

const entryShape = z.object({ args: z.array(z.string()) });

/** Entries by our names that start something with a configuration, as ours do. */
function ours(text: string | null, { file, key }: ClientFile): readonly string[] {
  if (text === null) return [];
  const errors: ParseError[] = [];
  const document: unknown = parse(text, errors, { allowTrailingComma: true });
  const root = z.record(z.string(), z.unknown()).safeParse(document);
  if (errors.length > 0 || !root.success) {
    throw new ToolError('invalid_input', `${file} is no JSON that can be edited; it was left as it is.`, {
      hint: 'Correct it, or add the entries by hand: --dry-run shows them for another client.',
    });
  }
  const listed = z.record(z.string(), z.unknown()).optional().safeParse(root.data[key]);
  if (!listed.success) {
    throw new ToolError('invalid_input', `${key} in ${file} is no list of servers; it was left as it is.`);
  }
  return entryNames.filter((name) =>
    entryShape.safeParse(listed.data?.[name]).data?.args.includes('--config'),
  );
}

function edited(text: string, where: readonly [string, string], value: unknown): string {
  const formattingOptions = { ...indentOf(text), eol: text.includes('\r\n') ? '\r\n' : '\n' };
  return applyEdits(text, modify(text, [...where], value, { formattingOptions }));
}

/** As the file's first member is indented. */
function indentOf(text: string): { readonly insertSpaces: boolean; readonly tabSize: number } {
  const first = parseTree(text)?.children?.[0]?.offset ?? 0;
  const indent = /[ \t]*$/.exec(text.slice(0, first))?.[0] ?? '';
  if (indent.startsWith('\t')) return { insertSpaces: false, tabSize: 4 };
  return { insertSpaces: true, tabSize: indent.length > 0 && indent.length <= 8 ? indent.length : 2 };
}
