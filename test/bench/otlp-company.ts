import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readsPerMinute } from './bench-sandbox.js';
import { generatedServices } from './generated-services.js';

/** A configuration and a catalog over one folder of telemetry. */
export interface OtlpCompany {
  readonly config: string;
  /** Makes the servers read everything again. */
  forget(): Promise<void>;
}

const ports = ['metrics', 'dependencies', 'logs', 'traces'];

export async function makeOtlpCompany(folder: string, telemetry: string): Promise<OtlpCompany> {
  await mkdir(join(folder, 'catalog'), { recursive: true });
  await writeFile(join(folder, 'catalog/services.yaml'), entities());
  const config = join(folder, 'devops-mcp.yaml');
  const uses = ports
    .map((port) => `      ${port}: { use: otlp, path: ${JSON.stringify(telemetry)} }\n`)
    .join('');
  await writeFile(
    config,
    `version: 1
state: { path: ./state }
audit: { path: ./audit }
catalog: [./catalog]
identity: { stdio: { subject: user:default/oncall } }
limits: { readsPerMinute: ${readsPerMinute} }
environments:
  production:
    class: production
    ports:
${uses}`,
  );
  return { config, forget: () => rm(join(folder, 'state'), { recursive: true, force: true }) };
}

function entities(): string {
  const group = `apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: team-bench }
spec: { type: team, children: [] }
`;
  const services = generatedServices.map(
    (name) => `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: ${name} }
spec: { type: service, lifecycle: production, owner: group:default/team-bench }
`,
  );
  return [group, ...services].join('---\n');
}
