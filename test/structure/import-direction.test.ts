import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Import, importsBelow, importsOf, workspacePackages } from './packages.js';

/** Who may import whom, directly. Anything not listed is refused; a reader finds the reasons in ARCHITECTURE.md. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  domain: ['contract'],
  governance: ['contract'],
  catalog: ['contract', 'domain'],
  backends: ['contract', 'domain'],
  runtime: ['contract', 'domain', 'governance', 'catalog'],
  operator: ['contract', 'domain', 'governance', 'catalog', 'runtime', 'sandbox'],
  sandbox: ['contract', 'domain'],
  testing: ['contract', 'domain', 'governance', 'runtime'],
  suite: ['metrics', 'logs', 'deployments', 'alerts', 'rollback', 'backends', 'runtime'],
};
const serverMayImport = ['contract', 'domain', 'catalog'];
const serverMainMayImport = ['runtime', 'backends'];
/** The only packages that may touch each side of the protocol's SDK. */
const sdkServerSide = ['runtime', 'testing'];
const sdkClientSide = ['operator', 'testing'];

/** Published as one bundle, in which everything but native code lies already. */
const isBundled = (folder: string) => folder.startsWith('servers/') || folder === 'packages/suite';

const packages = workspacePackages();
const internal = (specifier: string) => /^@devops-mcp\/([a-z-]+)/.exec(specifier)?.[1];

function allowed(name: string, folder: string, found: Import): boolean {
  const to = internal(found.specifier);
  if (to === undefined || to === name) return true;
  if (!folder.startsWith('servers/')) return mayImport[name]?.includes(to) ?? false;
  return (
    serverMayImport.includes(to) || (found.file.endsWith('/src/main.ts') && serverMainMayImport.includes(to))
  );
}

describe('imports point one way', () => {
  it.each(packages.map(({ name, folder }) => [name, folder]))('%s', (name, folder) => {
    const wrong = importsBelow(`${folder}/src`).filter((found) => !allowed(name, folder, found));
    expect(wrong).toEqual([]);
  });

  it('would show a wrong import', () => {
    const [source] = importsOf("import { rollbackServer } from '@devops-mcp/rollback';\n");
    expect(
      allowed('metrics', 'servers/metrics', {
        file: 'servers/metrics/src/server.ts',
        specifier: source ?? '',
      }),
    ).toBe(false);
    expect(
      allowed('metrics', 'servers/metrics', {
        file: 'servers/metrics/src/server.ts',
        specifier: '@devops-mcp/runtime',
      }),
    ).toBe(false);
    expect(importsOf("const x = await import('@devops-mcp/governance');")).toEqual([
      '@devops-mcp/governance',
    ]);
  });
});

describe('relative imports stay inside their package', () => {
  it.each(packages.map(({ name, folder }) => [name, folder]))('%s', (_, folder) => {
    const leaving = importsBelow(`${folder}/src`).filter(({ file, specifier }) => {
      if (!specifier.startsWith('.')) return false;
      return !path.normalize(path.join(path.dirname(file), specifier)).startsWith(`${folder}/`);
    });
    expect(leaving).toEqual([]);
  });
});

describe('the protocol SDK has two doors', () => {
  it.each(packages.map(({ name, folder }) => [name, folder]))('%s', (name, folder) => {
    const wrong = importsBelow(`${folder}/src`).filter(({ specifier }) => {
      if (/^@modelcontextprotocol\/(server|node)/.test(specifier)) return !sdkServerSide.includes(name);
      if (specifier.startsWith('@modelcontextprotocol/client')) return !sdkClientSide.includes(name);
      return specifier.startsWith('@modelcontextprotocol/');
    });
    expect(wrong).toEqual([]);
  });
});

describe('what is imported is declared', () => {
  it.each(packages.map((one) => [one.name, one] as const))('%s', (_, { folder, manifest }) => {
    const declared = {
      ...manifest.dependencies,
      ...manifest.peerDependencies,
      ...(manifest.private || isBundled(folder) ? manifest.devDependencies : {}),
    };
    const undeclared = importsBelow(`${folder}/src`).filter(({ specifier }) => {
      if (specifier.startsWith('.') || specifier.startsWith('node:')) return false;
      const name = specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
      return name !== manifest.name && !(name in declared);
    });
    expect(undeclared).toEqual([]);
  });
});
