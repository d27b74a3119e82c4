import { defineBackend, definePort, optional, type ReadPorts } from '@devops-mcp/contract';
import type { Caller } from '@devops-mcp/governance';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseConfiguration } from '../../src/configuration/load-configuration.js';
import { bindBackends } from '../../src/ports/backend-binding.js';
import { connectPorts } from '../../src/ports/connect-ports.js';
import type { OpeningContext } from '../../src/ports/open-port.js';
import { refuseProductionReach } from '../../src/ports/write-reach.js';

interface Shelf {
  look(): Promise<string>;
}
interface ShelfWrite {
  place(what: string): Promise<string>;
}
const shelf = definePort<Shelf, ShelfWrite>()('shelf', 'A shelf');
const lamp = definePort<Shelf>()('lamp', 'A lamp');

let opened = 0;
const wood = defineBackend({
  name: 'wood',
  title: 'Wood',
  config: z.strictObject({
    path: z.string(),
    credential: z.string().optional(),
    reach: z.literal([2, 3]).default(2),
    write: z.strictObject({ path: z.string(), credential: z.string().optional() }).optional(),
    archive: z.strictObject({ credential: z.string().optional() }).optional(),
  }),
  ports: [
    {
      port: shelf,
      open: async ({ config, resolvePath, environment }) => {
        opened += 1;
        if (config.path === './broken') throw new Error('the vendor said: secret');
        const seen = `${environment.name} ${resolvePath(config.path)} ${config.credential ?? '-'}${config.archive?.credential ?? ''}`;
        return { look: async () => seen };
      },
      openWrite: async ({ config }) => ({
        place: async (what: string) => `${what} ${config.write?.path} ${config.write?.credential ?? '-'}`,
      }),
      reach: async ({ config }) => config.reach,
    },
  ],
});
const backends = { wood: async () => wood };

const caller: Caller = {
  ...{ subject: 'user:default/oncall', issuer: 'local', assurance: 'asserted', client: null, model: null },
  ...{ delegation: [], transport: 'stdio', sessionId: 's' },
};

const head = 'version: 1\nstate: { path: ./state }\naudit: { path: ./audit }\n';
/** Written in two parts, since it is text of the configuration and no template of ours. */
const reference = ['$', '{SHELF_TOKEN}'].join('');
const variables = { SHELF_TOKEN: 'opened-by-variable' };

async function connect(text: string, env: NodeJS.ProcessEnv = variables) {
  const configuration = parseConfiguration(head + text, '/company/devops-mcp.yaml');
  const bindings = await bindBackends(configuration, ['shelf', 'lamp'], backends, env);
  const context: OpeningContext = {
    stateDir: '/nowhere',
    resolvePath: configuration.resolvePath,
    services: {
      telemetryName: (name) => name,
      serviceOf: (name) => name,
      setting: () => undefined,
      services: () => [],
    },
    network: { proxy: null, noProxy: [], caFile: null },
    leases: { acquire: async () => undefined },
    clock: () => new Date(0),
    warn: () => {},
    variables: env,
  };
  const connector = connectPorts(bindings, {}, { ...context, configurationFile: configuration.file });
  return { configuration, bindings, context, connector };
}

const production = (settings: string, more = '') =>
  `environments:\n  production:\n    class: production\n    ports: { shelf: ${settings} }\n${more}`;

describe('connectPorts', () => {
  it('opens each port of each environment once, on first use', async () => {
    opened = 0;
    const { connector } = await connect(
      production('{ use: wood, path: ./a }', 'ports: { shelf: { use: wood, path: ./b } }\n'),
    );
    expect(opened).toBe(0);
    const reads = await Promise.all([
      connector.read({ shelf }, 'production', caller),
      connector.read({ shelf }, 'production', caller),
      connector.read({ shelf }, 'none', caller),
    ]);
    const seen = await Promise.all(
      reads.map((ports: ReadPorts<{ shelf: typeof shelf }>) => ports.shelf.look()),
    );
    expect(seen).toEqual(['production /company/a -', 'production /company/a -', 'none /company/b -']);
    expect(opened).toBe(2);
  });

  it('names the setting for a required port and leaves an optional one out', async () => {
    const { connector } = await connect(production('{ use: wood, path: ./a }'));
    await expect(connector.read({ lamp }, 'production', caller)).rejects.toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('environments.production.ports.lamp'),
    });
    expect(await connector.read({ lamp: optional(lamp) }, 'production', caller)).toEqual({ lamp: undefined });
  });

  it('tells why a backend cannot be opened without what the vendor said', async () => {
    const { connector } = await connect(production('{ use: wood, path: ./broken }'));
    await expect(connector.read({ shelf }, 'production', caller)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.not.stringContaining('secret'),
    });
    const ports = await connector.read({ shelf: optional(shelf) }, 'production', caller);
    await expect(ports.shelf?.look()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('gives the write side only where a write credential is configured', async () => {
    const without = await connect(production('{ use: wood, path: ./a }'));
    await expect(without.connector.write({ shelf }, 'production', caller)).rejects.toMatchObject({
      code: 'denied',
    });
    const withOne = await connect(
      production(`{ use: wood, path: ./a, write: { path: ./w, credential: "Bearer ${reference}" } }`),
    );
    const ports = await withOne.connector.write({ shelf }, 'production', caller);
    expect(await ports.shelf.place('book')).toBe('book ./w Bearer opened-by-variable');
    expect(await ports.shelf.look()).toBe('production /company/a -');
    expect(withOne.connector.principal({ shelf }, 'production', 'write')).toEqual({
      principal: 'wood:production:shelf:write',
      authType: 'environment',
    });
  });

  it('reads the credential of a section that names a second system', async () => {
    const { connector } = await connect(
      production('{ use: wood, path: ./a, archive: { credential: { env: SHELF_TOKEN } } }'),
    );
    const ports = await connector.read({ shelf }, 'production', caller);
    expect(await ports.shelf.look()).toBe('production /company/a -opened-by-variable');
  });

  it('expands variables in credentials and nowhere else', async () => {
    const { connector } = await connect(
      production(`{ use: wood, path: "./${reference}", credential: { env: SHELF_TOKEN } }`),
    );
    const ports = await connector.read({ shelf }, 'production', caller);
    expect(await ports.shelf.look()).toBe(`production /company/${reference} opened-by-variable`);
  });
});

describe('bindBackends', () => {
  it.each([
    ['{ use: iron, path: ./a }', /unknown backend "iron"; known: wood/],
    ['{ use: wood, path: ./a, colour: red }', /environments\.production\.ports\.shelf: .*colour/],
    ['{ use: wood, path: ./a, credential: { env: MISSING } }', /variable MISSING is not set/],
    [
      '{ use: wood, path: ./a, archive: { credential: { env: MISSING } } }',
      /archive\.credential: .*variable MISSING is not set/,
    ],
    ['{ use: wood, path: ./a, credential: { vault: x } }', /give \{ env: NAME \}/],
  ])('stops the start for %s', async (settings, message) => {
    await expect(connect(production(settings))).rejects.toThrow(message);
  });

  it('stops the start for a list of backends behind a port that takes one', async () => {
    const list = '[{ use: wood, path: ./a }, { use: wood, as: other, path: ./b }]';
    await expect(connect(production(list))).rejects.toThrow(/ports\.shelf\[1\]: shelf takes one backend/);
  });

  it('stops the start for a port that the backend does not have', async () => {
    await expect(connect('ports: { lamp: { use: wood, path: ./a } }\n')).rejects.toThrow(
      /wood does not provide lamp; it provides shelf/,
    );
  });
});

describe('refuseProductionReach', () => {
  const check = async (text: string, ports = ['shelf']) => {
    const { configuration, bindings, context } = await connect(text);
    await refuseProductionReach(bindings, ports, { ...context, configuration });
  };

  it('refuses a credential that reaches tier 3 in production', async () => {
    await expect(
      check(production('{ use: wood, path: ./a, reach: 3, write: { path: ./w } }')),
    ).rejects.toThrow(/environments\.production\.ports\.shelf\.write could apply tier 3/);
    await check(production('{ use: wood, path: ./a, reach: 2, write: { path: ./w } }'));
    await check(production('{ use: wood, path: ./a, reach: 3 }'));
    await check(production('{ use: wood, path: ./a, reach: 3, write: { path: ./w } }'), ['lamp']);
  });

  it('asks shared credentials too, once there is a production environment', async () => {
    const shared = 'ports: { shelf: { use: wood, path: ./a, reach: 3, write: { path: ./w } } }\n';
    await check(shared);
    await expect(check(`${shared}environments:\n  live: { class: production }\n`)).rejects.toThrow(
      /ports\.shelf\.write/,
    );
  });
});
