import { type BackendTable, defineBackend, definePort, type Finding, ToolError } from '@devops-mcp/contract';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseConfiguration } from '../src/configuration/load-configuration.js';
import { readCommandLine } from '../src/start/command-line.js';
import { examineBackends } from '../src/start/examine.js';
import { library } from './fixture/library.js';

/** Ports are matched by name: this is the one that the library requires. */
const shelf = definePort<object, object>()('shelf', 'A shelf of books');

const settings = z.strictObject({
  say: z.enum(['fine', 'denied', 'nothing', 'vendor', 'secret']).default('fine'),
  credential: z.string().optional(),
  write: z
    .strictObject({ credential: z.string().optional(), reach: z.literal([2, 3]).default(2) })
    .optional(),
});
const token = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

async function say(what: z.output<typeof settings>['say'], signal: AbortSignal): Promise<readonly Finding[]> {
  if (what === 'denied')
    throw new ToolError('denied', 'The role may not list books.', { hint: 'Grant list.' });
  if (what === 'vendor') throw new Error(`the vendor said ${token}`);
  if (what === 'secret') return [{ topic: 'data', level: 'warning', message: `It printed ${token}.` }];
  if (what === 'nothing') {
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('late'))));
  }
  return [{ topic: 'reachability', level: 'ok', message: 'It answers.' }];
}

/** Asked of which environments, and how many were asked at once. */
interface Asked {
  readonly environments: string[];
  most: number;
}

function backendsThatTell(asked: Asked): BackendTable {
  let atOnce = 0;
  const port = {
    port: shelf,
    open: async () => ({}),
    openWrite: async () => ({}),
    reach: async ({ config }: { config: z.output<typeof settings> }) => config.write?.reach ?? 2,
  } as const;
  const talking = defineBackend({
    ...{ name: 'talking', title: 'Talking', config: settings },
    ports: [
      {
        ...port,
        examine: async ({ config, environment }, signal) => {
          asked.environments.push(environment.name);
          atOnce += 1;
          asked.most = Math.max(asked.most, atOnce);
          await new Promise((next) => setImmediate(next));
          return say(config.say, signal).finally(() => {
            atOnce -= 1;
          });
        },
      },
    ],
  });
  const silent = defineBackend({
    ...{ name: 'silent', title: 'Silent', config: z.strictObject({ broken: z.boolean().default(false) }) },
    ports: [
      {
        port: shelf,
        open: async ({ config }) => {
          if (config.broken) throw new Error(`no such place ${token}`);
          return {};
        },
      },
    ],
  });
  return { talking: async () => talking, silent: async () => silent };
}

async function examined(text: string, variables: NodeJS.ProcessEnv = {}) {
  const asked: Asked = { environments: [], most: 0 };
  const head = 'version: 1\nstate: { path: ./state }\naudit: { path: ./audit }\n';
  const examination = await examineBackends({
    definition: library,
    backends: backendsThatTell(asked),
    manifest: { version: '1.0.0' },
    configuration: parseConfiguration(head + text, '/company/devops-mcp.yaml'),
    clock: () => new Date(0),
    warn: () => {},
    variables,
    deadlineMs: 300,
  });
  return { ...examination, asked };
}

const production = (shelfSettings: string) =>
  `environments:\n  live:\n    class: production\n    ports: { shelf: ${shelfSettings} }\n`;

describe('examineBackends', () => {
  it('names server, version, environment, port and backend of what was found', async () => {
    const { server, version, findings } = await examined(production('{ use: talking }'));
    expect({ server, version }).toEqual({ server: 'library', version: '1.0.0' });
    expect(findings).toEqual([
      {
        ...{ environment: 'live', port: 'shelf', backend: 'talking' },
        ...{ topic: 'reachability', level: 'ok', message: 'It answers.' },
      },
    ]);
  });

  it('asks a shared backend once', async () => {
    const environments = 'environments: { live: { class: production }, test: { class: staging } }\n';
    const { findings, asked } = await examined(`ports: { shelf: { use: talking } }\n${environments}`);
    expect(asked.environments).toEqual(['live']);
    expect(findings).toMatchObject([{ environment: '*', level: 'ok' }]);
  });

  it('opens a backend that cannot examine itself', async () => {
    expect((await examined(production('{ use: silent }'))).findings).toMatchObject([{ level: 'ok' }]);
    const broken = await examined(production('{ use: silent, broken: true }'));
    expect(broken.findings).toMatchObject([
      { level: 'failure', topic: 'reachability', fix: expect.stringContaining('environments.live') },
    ]);
    expect(JSON.stringify(broken)).not.toContain(token);
  });

  it('makes a finding of what a backend rejects with', async () => {
    expect((await examined(production('{ use: talking, say: denied }'))).findings).toMatchObject([
      { topic: 'permission', level: 'failure', message: 'The role may not list books.', fix: 'Grant list.' },
    ]);
  });

  it('waits for no backend longer than its deadline', async () => {
    expect((await examined(production('{ use: talking, say: nothing }'))).findings).toMatchObject([
      { level: 'failure', message: expect.stringContaining('No answer within') },
    ]);
  });

  it.each(['vendor', 'secret'])('prints no secret of a backend that gives one: %s', async (what) => {
    const { findings } = await examined(production(`{ use: talking, say: ${what} }`));
    expect(findings).toHaveLength(1);
    expect(JSON.stringify(findings)).not.toContain(token);
  });

  it('reports a port whose settings are wrong, and a credential that is not there', async () => {
    const wrong = await examined(production('{ use: talking, colour: red }'));
    expect(wrong.findings).toMatchObject([
      { topic: 'configuration', level: 'failure', port: 'shelf', message: expect.stringContaining('colour') },
    ]);
    const absent = await examined(production('{ use: talking, credential: { env: SHELF_TOKEN } }'));
    expect(absent.findings).toMatchObject([
      { level: 'failure', message: expect.stringContaining('SHELF_TOKEN is not set') },
    ]);
  });

  it('fails a write credential that reaches too far in production, and only there', async () => {
    const strong = '{ use: talking, write: { reach: 3 } }';
    expect((await examined(production(strong))).findings).toMatchObject([
      { level: 'ok' },
      { topic: 'permission', level: 'failure', message: expect.stringContaining('tier 3') },
    ]);
    const staging = await examined(production(strong).replace('class: production', 'class: staging'));
    expect(staging.findings).toMatchObject([{ level: 'ok' }, { topic: 'permission', level: 'ok' }]);
    const weak = await examined(production('{ use: talking, write: {} }'));
    expect(weak.findings).toMatchObject([{ level: 'ok' }, { topic: 'permission', level: 'ok' }]);
  });

  it('takes a shared write credential as production once there is a production environment', async () => {
    const shared = 'ports: { shelf: { use: talking, write: { reach: 3 } } }\n';
    const { findings } = await examined(`${shared}environments: { live: { class: production } }\n`);
    expect(findings).toContainEqual(expect.objectContaining({ topic: 'permission', level: 'failure' }));
  });

  it('reports a write credential that cannot be read', async () => {
    const { findings } = await examined(
      production('{ use: talking, write: { credential: { file: ./absent } } }'),
    );
    expect(findings.at(-1)).toMatchObject({ level: 'failure', fix: expect.stringContaining('.write') });
  });

  it('asks at most four backends at once', async () => {
    const names = Array.from({ length: 9 }, (_, index) => `e${index}`);
    const many = names.map((name) => `  ${name}: { class: staging, ports: { shelf: { use: talking } } }\n`);
    const { findings, asked } = await examined(`environments:\n${many.join('')}`);
    expect(findings.map(({ environment }) => environment)).toEqual(names);
    expect(asked.most).toBeGreaterThan(1);
    expect(asked.most).toBeLessThanOrEqual(4);
  });
});

it('is asked for with --examine', () => {
  expect(readCommandLine(['--examine', '--config', 'a.yaml'])).toEqual({ kind: 'examine', config: 'a.yaml' });
});
