import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { vi } from 'vitest';
import { addInitCommand } from '../../src/commands/init.js';
import type { Ask } from '../../src/init/choose-classes.js';
import { fine, serversThatFind } from '../doctor/examined.js';
import { type Ran, runCommand } from '../run-command.js';

/** A user's home with a project in it, in which commands run. */
export interface Household {
  readonly home: string;
  readonly project: string;
  /** The configuration that `init` writes unless told otherwise. */
  readonly config: string;
  put(file: string, text: string): Promise<void>;
  /** Undefined when there is no such file. */
  read(file: string): Promise<string | undefined>;
  init(...args: readonly string[]): Promise<Ran>;
  /** The same at a terminal, with these answers one after the other. */
  initAnswering(
    answers: readonly string[],
    ...args: readonly string[]
  ): Promise<Ran & { questions: string[] }>;
  remove(): Promise<void>;
}

export async function openHousehold(): Promise<Household> {
  const home = await realpath(await mkdtemp(path.join(tmpdir(), 'household-')));
  const project = path.join(home, 'project');
  await mkdir(project);
  vi.stubEnv('HOME', home);
  for (const name of [
    'XDG_CONFIG_HOME',
    'KUBECONFIG',
    'PROMETHEUS_URL',
    'ALERTMANAGER_URL',
    'DEVOPS_MCP_CONFIG',
  ])
    vi.stubEnv(name, '');
  vi.spyOn(process, 'cwd').mockReturnValue(project);
  const run = (ask: Ask | undefined, args: readonly string[]) =>
    runCommand(
      (program) =>
        addInitCommand(program, {
          ...(ask ? { ask } : {}),
          examine: serversThatFind({ metrics: [fine] }),
          usualAddresses: [],
        }),
      'init',
      ...args,
    );
  return {
    home,
    project,
    config: path.join(home, '.config/devops-mcp/devops-mcp.yaml'),
    async put(file, text) {
      const target = path.join(home, file);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, text);
    },
    read: (file) => readFile(path.join(home, file), 'utf8').catch(() => undefined),
    init: (...args) => run(undefined, args),
    async initAnswering(answers, ...args) {
      const questions: string[] = [];
      const ask: Ask = async (question) => {
        questions.push(question);
        const answer = answers[questions.length - 1];
        if (answer === undefined) throw new Error(`nobody answers: ${question}`);
        return answer;
      };
      return { ...(await run(ask, args)), questions };
    },
    async remove() {
      vi.unstubAllEnvs();
      vi.restoreAllMocks();
      await rm(home, { recursive: true, force: true });
    },
  };
}

export const kubeconfig = `
apiVersion: v1
kind: Config
current-context: eks-prod
contexts:
  - { name: eks-prod, context: { cluster: eks, user: u } }
  - { name: shop-staging, context: { cluster: shop, user: u } }
clusters:
  - { name: eks, cluster: { server: "https://eks.example.com" } }
  - { name: shop, cluster: { server: "https://shop.example.com" } }
users:
  - { name: u, user: { token: canary-5e2f9a } }
`;
