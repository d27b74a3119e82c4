#!/usr/bin/env node
// Installs and builds only what is missing, then tells the story. Uses nothing that needs an
// install, since it is what a fresh clone runs first.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  stop(`Node ${process.versions.node} is too old. Install Node 20.19 or later and run npm run demo again.`);
}
if (spawnSync('git', ['--version']).status !== 0)
  stop('git was not found. Install git and run npm run demo again.');

if (installIsStale()) run('Installing (once)', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
run('Building (cached when nothing changed)', 'npm', ['run', '--silent', 'build']);

const story = spawnSync(
  process.execPath,
  [path.join(root, 'packages/operator/dist/main.js'), 'demo', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    cwd: process.cwd(),
  },
);
process.exitCode = story.status ?? 1;

function installIsStale() {
  const installed = path.join(root, 'node_modules/.package-lock.json');
  return (
    !existsSync(installed) ||
    statSync(installed).mtimeMs < statSync(path.join(root, 'package-lock.json')).mtimeMs
  );
}

function run(what, command, args) {
  process.stderr.write(`${what} ...\n`);
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) stop(`${what} failed. Run it alone to see why: ${command} ${args.join(' ')}`);
}

function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
