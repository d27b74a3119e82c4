import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from './packages.js';

export interface DescribedServer {
  readonly server: { readonly name: string; readonly owner: string; readonly [fact: string]: unknown };
  readonly tools: readonly {
    readonly name: string;
    readonly title: string;
    readonly description: string;
    readonly kind: string;
    readonly inputSchema: JsonSchema;
    readonly outputSchema?: JsonSchema;
    readonly annotations: Readonly<Record<string, unknown>>;
  }[];
}

export type JsonSchema = Readonly<Record<string, unknown>>;

/** What the built servers say of themselves. */
export function describeServers(): readonly DescribedServer[] {
  return readdirSync(path.join(root, 'servers')).map((folder) => {
    const bin = path.join(root, 'servers', folder, 'dist/main.js');
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, '--describe'], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    if (status !== 0) throw new Error(`${folder}: ${stderr}`);
    return JSON.parse(stdout);
  });
}
