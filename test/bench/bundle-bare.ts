import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** The bare server in one minified file, as the suite's servers are bundled. Returns its path. */
export async function bundleBare(program: string, folder: string): Promise<string> {
  const bundle = await rolldown({ input: program, platform: 'node', external: /^node:/, logLevel: 'silent' });
  const file = join(folder, 'bare-server.mjs');
  await bundle.write({ file, format: 'esm', minify: true, codeSplitting: false });
  await bundle.close();
  return file;
}
