import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The folder of a requester's side: a configuration, and nothing that it names yet. */
export interface Office {
  readonly folder: string;
  readonly config: string;
  remove(): Promise<void>;
}

const configuration = `version: 1
state: { path: ./state }
audit: { path: ./audit }
identity: { stdio: { subject: user:default/oncall } }
`;

/** @param more further lines of the configuration. */
export async function openOffice(more = ''): Promise<Office> {
  const folder = await mkdtemp(path.join(tmpdir(), 'office-'));
  const config = path.join(folder, 'devops-mcp.yaml');
  await mkdir(path.join(folder, 'catalog'));
  await writeFile(config, configuration + more);
  return { folder, config, remove: () => rm(folder, { recursive: true, force: true }) };
}
