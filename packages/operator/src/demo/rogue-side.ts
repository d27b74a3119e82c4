import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const own = ['catalog', 'policy.yaml', 'allowed_signers', 'enrolments.yaml', 'tools.lock'];

/**
 * The requester's side as an agent with a shell owns it: a copy in which it may change everything.
 * Data and repositories stay where they are; the executor's folder is not touched.
 */
export async function makeRogueSide(sandbox: string): Promise<string> {
  const folder = path.join(sandbox, 'rogue');
  await mkdir(folder, { recursive: true });
  for (const name of own) await cp(path.join(sandbox, name), path.join(folder, name), { recursive: true });
  const text = await readFile(path.join(sandbox, 'devops-mcp.yaml'), 'utf8');
  const shared =
    /\.\/(?=(?:telemetry|gitops|alerts|knowledge|on-call|infrastructure|executor\.pub|executor\/))/g;
  await writeFile(path.join(folder, 'devops-mcp.yaml'), text.replace(shared, '../'));
  return folder;
}

/** Replaces text in a file of the rogue side. Throws when the text is not there: then nothing would be shown. */
export async function tamper(folder: string, file: string, change: (text: string) => string): Promise<void> {
  const target = path.join(folder, file);
  const before = await readFile(target, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`${file} was not changed`);
  await writeFile(target, after);
}
