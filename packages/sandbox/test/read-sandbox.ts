import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll } from 'vitest';
import { createSandbox, type SandboxOptions, type SandboxReport } from '../src/index.js';

export const now = new Date('2026-03-04T10:20:00Z');

const folders: string[] = [];

// Sandboxes are tens of megabytes each.
afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A small sandbox in a new temporary folder. */
export async function makeSandbox(
  options: Partial<SandboxOptions> & Pick<SandboxOptions, 'incident'>,
): Promise<SandboxReport> {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
  folders.push(folder);
  const directory = join(folder, 'company');
  return createSandbox({ directory, seed: 1, scale: 0.02, hours: 2, now, ...options });
}

export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** A digest of every name and every byte. */
export function digestOf(folder: string): string {
  const hash = createHash('sha256');
  for (const file of filesBelow(folder)) {
    const content = readFileSync(file);
    hash.update(`${relative(folder, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

export function isEmptyFolder(folder: string): boolean {
  return statSync(folder).isDirectory() && readdirSync(folder).length === 0;
}

/** The export requests of a signal in order of file, whatever the files' compression. */
export function exportRequests(directory: string, signal: 'metrics' | 'logs' | 'traces'): readonly unknown[] {
  const folder = join(directory, 'telemetry');
  const names = readdirSync(folder).filter((name) => name.startsWith(signal));
  const current = `${signal}.jsonl`;
  const ordered = [...names.filter((name) => name !== current).sort(), current];
  return ordered.flatMap((name) => linesOf(readFileSync(join(folder, name)), name)).map(parse);
}

function linesOf(content: Buffer, name: string): readonly string[] {
  if (name.endsWith('.zst')) return frames(content);
  const text = (name.endsWith('.gz') ? gunzipSync(content) : content).toString();
  return text.split('\n').filter((line) => line !== '');
}

function parse(line: string): unknown {
  return JSON.parse(line);
}

/** Frames with a length before them, made of raw blocks (RFC 8878, 3.1.1). */
function frames(content: Buffer): readonly string[] {
  const messages: string[] = [];
  for (let at = 0; at < content.length; ) {
    const length = content.readUInt32BE(at);
    messages.push(rawFrame(content.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return messages;
}

export function rawFrame(frame: Buffer): string {
  if (frame.readUInt32LE(0) !== 0xfd2fb528) throw new Error('no zstd frame');
  const size = frame.readUInt32LE(5);
  const blocks: Buffer[] = [];
  for (let at = 9, last = false; !last; ) {
    const header = frame.readUIntLE(at, 3);
    last = (header & 1) === 1;
    if (((header >> 1) & 3) !== 0) throw new Error('no raw block');
    blocks.push(frame.subarray(at + 3, at + 3 + (header >> 3)));
    at += 3 + (header >> 3);
  }
  const whole = Buffer.concat(blocks);
  if (whole.length !== size) throw new Error('the content size is not what the header says');
  return whole.toString();
}
