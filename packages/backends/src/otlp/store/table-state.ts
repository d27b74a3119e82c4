import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallContext, Lease, LeaseStore } from '@devops-mcp/contract';
import type { FileList } from '../reader/telemetry-files.js';
import { findChanges, isNothing } from './changes.js';
import type { Engine } from './duckdb.js';
import { type Extent, readExtents } from './extents.js';
import { leaseMs } from './heartbeat.js';
import { ingest } from './ingest.js';
import { type Manifest, manifestStamp, readManifest } from './manifest.js';
import { createView, type TableName } from './tables.js';

const pollMs = 100;
/** How long a call waits for another process that is reading, before it answers from what there is. */
const patienceMs = 5_000;

/** A table as one process sees it at present. */
export interface Attached {
  readonly stamp: string;
  readonly manifest: Manifest;
  readonly extents: readonly Extent[];
  /** True when another process was reading newer telemetry and this is what was there before. */
  readonly behind: boolean;
}

/**
 * One table of one telemetry folder, with a manifest, segments and a lease of its own: whoever asks about
 * metrics waits for metrics only, while another process may be reading logs.
 */
export interface TableState {
  readonly table: TableName;
  readonly folder: string;
  readonly leases: LeaseStore;
  readonly clock: () => Date;
  attached: Attached | undefined;
  /** One refresh at a time in a process; the lease orders processes. */
  busy: Promise<unknown>;
}

/** Reads what is new in the files, or waits for a process that does, and points the view at it. */
export function refreshTable(
  state: TableState,
  engine: Engine,
  list: () => Promise<FileList>,
  context: CallContext,
): Promise<Attached> {
  const turn = state.busy.then(() => refresh(state, engine, list, context));
  state.busy = turn.catch(() => undefined);
  return turn;
}

/** Points the view at the segments of the present manifest. */
export async function attachTable(state: TableState, engine: Engine, signal: AbortSignal): Promise<Attached> {
  const stamp = await manifestStamp(state.folder);
  if (state.attached?.stamp === stamp) return state.attached;
  const manifest = await readManifest(state.folder);
  const segments = manifest.segments.map((segment) => join(state.folder, segment.name));
  await engine.run(createView(state.table, segments));
  const extents = await readExtents(engine, state.table, signal);
  state.attached = { stamp, manifest, extents, behind: false };
  return state.attached;
}

async function refresh(
  state: TableState,
  engine: Engine,
  list: () => Promise<FileList>,
  context: CallContext,
): Promise<Attached> {
  const since = performance.now();
  for (;;) {
    context.signal.throwIfAborted();
    const files = await list();
    const attached = await attachTable(state, engine, context.signal);
    const changes = await findChanges(files.files, attached.manifest);
    if (isNothing(changes, attached.manifest)) return attached;
    const lease = await state.leases.acquire(`otlp:${state.folder}`, leaseMs);
    if (lease !== undefined) {
      try {
        await ingestUnderLease(state, engine, files, lease, context);
      } finally {
        await lease.release();
      }
      return attachTable(state, engine, context.signal);
    }
    if (attached.manifest.complete && performance.now() - since > patienceMs)
      return { ...attached, behind: true };
    context.progress(0, undefined, 'Waiting for another process that reads the telemetry');
    await sleep(pollMs, undefined, { signal: context.signal });
  }
}

/** Looks again under the lease, because another process may have finished the same work just before. */
async function ingestUnderLease(
  state: TableState,
  engine: Engine,
  files: FileList,
  lease: Lease,
  context: CallContext,
): Promise<void> {
  const { folder, table, clock } = state;
  const manifest = await readManifest(folder);
  const changes = await findChanges(files.files, manifest);
  if (isNothing(changes, manifest)) return;
  await ingest({ engine, table, folder, manifest, changes, context, lease, clock });
}
