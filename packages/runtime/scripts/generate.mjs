// Writes the JSON Schema of devops-mcp.yaml, which gives editors completion and checks.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configurationJsonSchema } from '../dist/index.js';

const folder = join(import.meta.dirname, '../../../docs/schemas');
await mkdir(folder, { recursive: true });
const text = JSON.stringify(configurationJsonSchema(), null, 2);
await writeFile(join(folder, 'devops-mcp.schema.json'), `${text}\n`);
