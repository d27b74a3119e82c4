import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../src/configuration/load-configuration.js';
import { configurationJsonSchema } from '../../src/configuration/schema.js';

const minimal = `version: 1
state: { path: ./state }
audit: { path: ./audit }
`;
const file = '/company/devops-mcp.yaml';
const parse = (text: string) => parseConfiguration(text, file);

describe('parseConfiguration', () => {
  it('resolves paths against the folder of the file', () => {
    const configuration = parse(`${minimal}catalog: [./catalog, /shared/catalog]\npolicy: ../policy.yaml\n`);
    expect(configuration.stateDir).toBe('/company/state');
    expect(configuration.catalog).toEqual(['/company/catalog', '/shared/catalog']);
    expect(configuration.policy).toBe('/policy.yaml');
    expect(configuration.resolvePath('./telemetry')).toBe('/company/telemetry');
  });

  it('reads environments and shared ports with the backends settings untouched', () => {
    const configuration = parse(`${minimal}ports:
  knowledge: { use: markdown, path: ./knowledge }
environments:
  production:
    class: production
    ports:
      logs: { use: otlp, path: ./telemetry, write: { path: ./x } }
`);
    expect(configuration.sharedPorts.knowledge).toEqual({ use: 'markdown', path: './knowledge' });
    expect(configuration.environments).toEqual([
      {
        name: 'production',
        class: 'production',
        ports: { logs: { use: 'otlp', path: './telemetry', write: { path: './x' } } },
      },
    ]);
  });

  it('names file, line and the valid keys for an unknown key', () => {
    const text = `${minimal}environments:
  production:
    class: production
    port: {}
`;
    expect(() => parse(text)).toThrow(
      '/company/devops-mcp.yaml:7: environments.production: unknown key "port"; known here: class, ports',
    );
  });

  it('names the line of a wrong value and of a missing section', () => {
    expect(() => parse(`${minimal}environments:\n  production:\n    class: live\n`)).toThrow(
      /devops-mcp\.yaml:6: environments\.production\.class: /,
    );
    expect(() => parse('version: 1\nstate: { path: ./state }\n')).toThrow(/: audit: /);
  });

  it('refuses keys given twice, aliases, broken and empty files', () => {
    expect(() => parse(`${minimal}version: 1\n`)).toThrow(/devops-mcp\.yaml:4: /);
    expect(() => parse(`version: &v 1\nstate: { path: ./s }\naudit: { path: *v }\n`)).toThrow(/aliases/);
    expect(() => parse(`${minimal}catalog: [./a\n`)).toThrow(/devops-mcp\.yaml:\d+: /);
    expect(() => parse('')).toThrow(/is empty/);
  });

  it('keeps the two roles apart', () => {
    const executor = `${minimal}role: executor\nexecutor: { id: gitops-executor, privateKey: ./executor.key }\n`;
    expect(parse(executor)).toMatchObject({
      role: 'executor',
      executor: { id: 'gitops-executor', privateKey: '/company/executor.key' },
    });
    expect(() => parse(`${executor}identity: { stdio: { subject: user:default/oncall } }\n`)).toThrow(
      /unknown key "identity"/,
    );
    expect(() => parse(`${minimal}executor: { id: a, privateKey: ./k }\n`)).toThrow(/unknown key "executor"/);
  });

  it('lets the owner change how often a tool may read, and nothing else of the limits', () => {
    expect(parse(minimal).readsPerMinute).toBeNull();
    expect(parse(`${minimal}limits: { readsPerMinute: 600 }\n`).readsPerMinute).toBe(600);
    expect(() => parse(`${minimal}limits: { readsPerMinute: 0 }\n`)).toThrow(/limits\.readsPerMinute/);
    expect(() => parse(`${minimal}limits: { writesPerMinute: 600 }\n`)).toThrow(/unknown key/);
  });

  it('publishes a schema that knows both roles and closes every section', () => {
    const text = JSON.stringify(configurationJsonSchema());
    expect(text).toContain('draft/2020-12');
    expect(text).toContain('"additionalProperties":false');
    expect(text).toContain('privateKey');
  });
});
