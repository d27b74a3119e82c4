import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The repository, from the compiled file in test/dist/bench. */
export const root = resolve(import.meta.dirname, '../../..');

export const serverNames = ['metrics', 'logs', 'deployments', 'alerts', 'rollback'] as const;
export type ServerName = (typeof serverNames)[number];

/** One tool on the bare SDK. */
export const bareProgram = join(import.meta.dirname, 'bare-server.js');

/** The program that a client starts. Throws when it has not been built. */
export function programOf(server: ServerName): string {
  return built(join(root, 'servers', server, 'dist/main.js'));
}

export function operatorProgram(): string {
  return built(join(root, 'packages/operator/dist/main.js'));
}

function built(program: string): string {
  if (!existsSync(program)) throw new Error(`${program} is not there; run: npm run build`);
  return program;
}
