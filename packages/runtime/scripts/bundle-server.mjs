// Bundles the server in the working folder: dist/main.js and its chunks from src/main.ts. A server is
// started by every client anew, and one bundle with lazy chunks starts in two thirds of the time that
// hundreds of modules take. `dist/server.js` and its declarations stay as `tsc` made them.
import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** Packages with native code or data files: they are dependencies of the servers that need them. */
const external = ['@photostructure/sqlite', '@duckdb/node-api', 'libpg-query'];
const banner =
  "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);";

const folder = process.cwd();
const dist = join(folder, 'dist');
const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));

const isExternal = (id) =>
  id.startsWith('node:') ||
  builtinModules.includes(id) ||
  external.some((name) => id === name || id.startsWith(`${name}/`));

await rm(join(dist, 'chunks'), { recursive: true, force: true });
const bundle = await rolldown({
  input: { main: join(folder, 'src/main.ts') },
  platform: 'node',
  external: (id) => isExternal(id),
  resolve: { conditionNames: ['@devops-mcp/source', 'node', 'import', 'default'] },
  transform: { target: 'node20.19' },
  checks: { circularDependency: false },
  treeshake: { moduleSideEffects: (id) => !/[\\/](packages|servers)[\\/][^\\/]+[\\/]src[\\/]/.test(id) || /main\.ts$/.test(id) },
});
const { output } = await bundle.write({
  dir: dist,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
  minify: { compress: true, mangle: true, codegen: { removeWhitespace: true } },
  keepNames: true,
  legalComments: 'none',
  banner,
});
await bundle.close();

const main = join(dist, 'main.js');
const text = await readFile(main, 'utf8');
if (!text.startsWith('#!')) await writeFile(main, `#!/usr/bin/env node\n${text}`);
await chmod(main, 0o755);
await rm(join(dist, 'main.js.map'), { force: true });

const chunks = await Promise.all(
  (await readdir(join(dist, 'chunks')).catch(() => [])).map((name) => stat(join(dist, 'chunks', name))),
);
const size = (await stat(main)).size + chunks.reduce((sum, { size: bytes }) => sum + bytes, 0);
console.error(`${manifest.name}: ${output.length} files, ${Math.round(size / 1024)} KiB`);
