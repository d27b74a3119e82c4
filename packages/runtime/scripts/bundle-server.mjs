// Bundles the server in the working folder: dist/main.js and its chunks from src/main.ts. A client
// starts a server anew each time, and few files start in two thirds of the time that hundreds take.
// `dist/server.js` and its declarations stay as `tsc` made them.
import { chmod, readdir, rm, stat } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** Packages with native code or data files: they are dependencies of the servers that need them. */
const external = ['@photostructure/sqlite', '@duckdb/node-api', 'libpg-query'];
/** Our own packages do nothing on import, so that what is not used can be left out. */
const ours = /[\\/](?:packages|servers)[\\/][^\\/]+[\\/]src[\\/]/;

/** What the Kubernetes SDK imports beside the reading of kubeconfig, which alone is used of it. */
const kubernetesShims = {
  name: 'kubernetes-shims',
  resolveId: {
    filter: { id: /^(\.\/gen\/index\.js|node-fetch|socks-proxy-agent)$/ },
    handler: (_, importer) =>
      /[\\/]@kubernetes[\\/]client-node[\\/]dist[\\/]config\.js$/.test(importer ?? '')
        ? join(import.meta.dirname, 'kubernetes-shims.mjs')
        : null,
  },
};

const folder = process.cwd();
const dist = join(folder, 'dist');
const main = join(folder, 'src', 'main.ts');

const input = {
  input: { main },
  platform: 'node',
  plugins: [kubernetesShims],
  external: (id) =>
    id.startsWith('node:') ||
    builtinModules.includes(id) ||
    external.some((name) => id === name || id.startsWith(`${name}/`)),
  resolve: {
    conditionNames: ['@devops-mcp/source', 'node', 'import', 'default'],
    alias: { '@modelcontextprotocol/server/_shims': join(import.meta.dirname, 'sdk-shims.mjs') },
  },
  transform: { target: 'node20.19' },
  treeshake: { moduleSideEffects: (id) => !ours.test(id) || id === main },
};
const format = {
  dir: dist,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
  minify: true,
  comments: { legal: false },
};

const start = await modulesLoadedAtStart();
await rm(join(dist, 'chunks'), { recursive: true, force: true });
const bundle = await rolldown(input);
const { output } = await bundle.write({
  ...format,
  // Every file costs a start some milliseconds: what is needed at once lies in one.
  codeSplitting: { groups: [{ name: 'start', test: (id) => start.has(id) }] },
});
await bundle.close();
await chmod(join(dist, 'main.js'), 0o755);
await rm(join(dist, 'main.js.map'), { force: true });
console.error(`${output.length} files, ${Math.round((await sizeOf(dist)) / 1024)} KiB`);

async function modulesLoadedAtStart() {
  const draft = await rolldown(input);
  const { output: chunks } = await draft.generate(format);
  await draft.close();
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const modules = new Set();
  const pending = ['main.js'];
  const seen = new Set(pending);
  for (const name of pending) {
    const chunk = byName.get(name);
    for (const id of chunk?.moduleIds ?? []) if (id !== main) modules.add(id);
    for (const next of chunk?.imports ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      pending.push(next);
    }
  }
  return modules;
}

async function sizeOf(directory) {
  const chunks = await readdir(join(directory, 'chunks'));
  const files = [join(directory, 'main.js'), ...chunks.map((name) => join(directory, 'chunks', name))];
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
