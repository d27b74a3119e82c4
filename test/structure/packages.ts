import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

export interface WorkspacePackage {
  /** `packages/contract` */
  readonly folder: string;
  readonly name: string;
  readonly manifest: {
    readonly name: string;
    readonly version: string;
    readonly private?: boolean;
    readonly bin?: Readonly<Record<string, string>>;
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly devDependencies?: Readonly<Record<string, string>>;
    readonly peerDependencies?: Readonly<Record<string, string>>;
  };
}

export function workspacePackages(): readonly WorkspacePackage[] {
  const folders = ['packages', 'servers'].flatMap((parent) =>
    readdirSync(path.join(root, parent)).map((child) => `${parent}/${child}`),
  );
  return folders.map((folder) => {
    const manifest = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
    return { folder, name: manifest.name.replace('@devops-mcp/', ''), manifest };
  });
}

export interface Import {
  /** Path from the root. */
  readonly file: string;
  readonly specifier: string;
}

/** Every static and dynamic import of the TypeScript files below a folder. */
export function importsBelow(folder: string): readonly Import[] {
  return sourceFiles(path.join(root, folder)).flatMap((file) =>
    importsOf(readFileSync(file, 'utf8')).map((specifier) => ({
      file: path.relative(root, file),
      specifier,
    })),
  );
}

export function importsOf(source: string): readonly string[] {
  const pattern =
    /^(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
  return [...source.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

export function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !/\/(node_modules|dist)\//.test(file));
}
