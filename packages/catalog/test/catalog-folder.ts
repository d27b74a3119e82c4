import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Writes files into a new temporary folder and gives its path. */
export function catalogFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

export function component(name: string, spec: string, annotations = ''): string {
  return `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
${annotations === '' ? '' : `  annotations:\n    ${annotations}\n`}spec:
  type: service
  lifecycle: production
${spec
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
`;
}

export function entity(kind: string, name: string, spec = '{}'): string {
  return `apiVersion: backstage.io/v1alpha1
kind: ${kind}
metadata:
  name: ${name}
spec: ${spec}
`;
}
