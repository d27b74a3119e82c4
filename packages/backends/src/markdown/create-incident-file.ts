import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type ActionOutcome, type JsonObject, ToolError } from '@devops-mcp/contract';
import { readFrontMatter } from '../front-matter.js';
import { syncFolder } from '../sync-folder.js';
import { textField } from './fields.js';
import { type IncidentChange, incidentChange, renderIncident } from './incident-change.js';
import { readIncident } from './read-incident.js';

export interface IncidentCommand {
  readonly change: JsonObject;
  readonly idempotencyKey: string;
  readonly by: string;
}

/**
 * Makes the file of a planned incident: all of it or nothing, never over another file, once for
 * each key. Rejects with `conflict` when another record took the id.
 */
export async function createIncidentFile(
  folder: string,
  clock: () => Date,
  command: IncidentCommand,
): Promise<ActionOutcome> {
  const parsed = incidentChange.safeParse(command.change);
  if (!parsed.success) {
    throw new ToolError('invalid_input', 'This is no change of the incident records.', {
      cause: parsed.error,
    });
  }
  const key = createHash('sha256').update(`markdown\0${command.idempotencyKey}`).digest('hex').slice(0, 32);
  const path = join(folder, `${parsed.data.id}.md`);
  const text = renderIncident(parsed.data, { at: clock().toISOString(), by: command.by, key });
  await mkdir(folder, { recursive: true });
  const made = await createWhole(folder, path, text);
  if (!made && !(await isOurs(path, key))) {
    throw new ToolError('conflict', `The id ${parsed.data.id} was taken meanwhile.`, {
      hint: 'Propose the incident again.',
    });
  }
  return readBack(path, parsed.data);
}

/** A link fails when its name exists, which makes create-only and all-or-nothing one step. */
async function createWhole(folder: string, path: string, text: string): Promise<boolean> {
  const draft = join(folder, `.${randomBytes(8).toString('hex')}.tmp`);
  const file = await open(draft, 'wx', 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, path);
    await syncFolder(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(draft);
  }
}

async function isOurs(path: string, key: string): Promise<boolean> {
  const file = readFrontMatter(await readFile(path, 'utf8'));
  return file !== undefined && textField(file.fields, 'idempotencyKey') === key;
}

async function readBack(path: string, change: IncidentChange): Promise<ActionOutcome> {
  const file = readFrontMatter(await readFile(path, 'utf8'));
  const incident = file ? readIncident(change.id, file) : undefined;
  const verified =
    incident !== undefined &&
    incident.id === change.id &&
    incident.title === change.title &&
    incident.severity === change.severity &&
    incident.services.join() === change.services.join() &&
    incident.alerts.join() === change.alerts.join();
  return {
    summary: `Incident ${change.id} is recorded: ${change.title}`,
    artifactRef: `incident:${change.id}`,
    observed: { id: change.id, status: incident?.status ?? null },
    verified,
  };
}
