import { access, constants, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { type Area, type Check, failure, ok, warning } from './check.js';

const groupOrOthersWrite = 0o022;
const groupOrOthersRead = 0o044;
const fullBytes = 100 * 1_048_576;
const scarceBytes = 1_024 * 1_048_576;

/** Who else may write or read a file or folder. Nothing is said where permissions are no modes. */
export async function checkMode(target: string, what: string, area: Area): Promise<readonly Check[]> {
  if (process.platform === 'win32') return [];
  const facts = await stat(target).catch(() => undefined);
  if (facts === undefined) return [];
  const fix = `chmod ${facts.isDirectory() ? '700' : '600'} ${target}`;
  if ((facts.mode & groupOrOthersWrite) !== 0)
    return [failure(area, `${what} ${target} can be changed by other users.`, fix)];
  if ((facts.mode & groupOrOthersRead) !== 0)
    return [warning(area, `${what} ${target} can be read by other users.`, fix)];
  return [ok(area, `${what} ${target} is this user's alone.`)];
}

/** Folders are made with the first record: the closest one that exists decides. */
export async function checkWritable(folder: string, what: string, area: Area): Promise<Check> {
  const existing = await closestExisting(folder);
  try {
    if (!(await stat(existing)).isDirectory()) throw new Error('a file is in the way');
    await access(existing, constants.W_OK | constants.X_OK);
    return ok(area, `${what} ${folder} can be written.`);
  } catch {
    return failure(
      area,
      `${what} ${folder} cannot be written.`,
      `Make ${existing} a folder that this user may write, or name another one in the configuration.`,
    );
  }
}

export async function checkSpace(folder: string): Promise<Check> {
  const { bavail, bsize } = await statfs(await closestExisting(folder));
  const free = bavail * bsize;
  const message = `${Math.floor(free / 1_048_576)} MB are free where state and audit are kept.`;
  const fix = 'Free space: when the audit log cannot be written, changes stop at once and reads soon after.';
  if (free < fullBytes) return failure('governance', message, fix);
  return free < scarceBytes ? warning('governance', message, fix) : ok('governance', message);
}

export async function isReadable(file: string): Promise<boolean> {
  return access(file, constants.R_OK).then(
    () => true,
    () => false,
  );
}

async function closestExisting(folder: string): Promise<string> {
  const present = await stat(folder).then(
    () => true,
    () => false,
  );
  const parent = path.dirname(folder);
  return present || parent === folder ? folder : closestExisting(parent);
}
