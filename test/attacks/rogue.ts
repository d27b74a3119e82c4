import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sandbox } from '../end-to-end/world/sandbox.js';

/** The requester's side as an agent with a shell owns it. */
export interface Rogue {
  readonly folder: string;
  readonly config: string;
  /** Replaces the text of a file. Fails when that changes nothing: then nothing would be tried. */
  tamper(file: string, change: (text: string) => string): Promise<void>;
}

const own = ['catalog', 'policy.yaml', 'allowed_signers', 'enrolments.yaml', 'tools.lock', 'executor.pub'];
const shared = /\.\/(?=(?:telemetry|gitops|alerts|knowledge|on-call|infrastructure|executor\/))/g;

/** A copy of everything that the requester's user owns; data, repositories and executor stay where they are. */
export async function makeRogue(sandbox: Sandbox): Promise<Rogue> {
  await mkdir(sandbox.at('rogues'), { recursive: true });
  const folder = await mkdtemp(sandbox.at('rogues', 'rogue-'));
  for (const name of own) await cp(sandbox.at(name), path.join(folder, name), { recursive: true });
  const config = path.join(folder, 'devops-mcp.yaml');
  await writeFile(config, (await readFile(sandbox.config, 'utf8')).replace(shared, '../../'));
  return {
    folder,
    config,
    async tamper(file, change) {
      const target = path.join(folder, file);
      const before = await readFile(target, 'utf8');
      const after = change(before);
      if (after === before) throw new Error(`${file} was not changed`);
      await writeFile(target, after);
    },
  };
}
