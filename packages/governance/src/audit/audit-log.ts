import { ToolError } from '@devops-mcp/contract';
import type { AuditEvent, AuditLog, RandomSource, Redactor } from '../collaborators.js';
import type { ServerFacts } from '../model.js';
import type { SegmentTable } from '../store/store.js';
import { type RecordBody, recordBody } from './audit-record.js';
import { beginSegment, type Segment } from './segment.js';
import { localSegmentFiles, type SegmentFiles } from './segment-files.js';

export interface AuditLogOptions {
  /** Made (0700) with the first record. */
  readonly directory: string;
  readonly server: Pick<ServerFacts, 'name'>;
  readonly segments: Pick<SegmentTable, 'register'>;
  readonly redactor: Redactor;
  readonly clock: () => Date;
  readonly random: RandomSource;
  readonly files?: SegmentFiles;
}

/**
 * Appends to a segment of this process's own, begun at the first record. A failed write or sync ends
 * the segment for good; what is to be kept goes to the next one that can be begun. Reads are recorded
 * without being held back; once the log has failed for 30 s, a read is answered only when its own
 * record is on the device.
 */
export function openAuditLog(options: AuditLogOptions): AuditLog {
  return new SegmentedLog(options);
}

interface Entry {
  readonly body: RecordBody;
  readonly phase: AuditEvent['phase'];
  /** Present while somebody waits for the record to be on the device. */
  readonly waiting?: { resolve(): void; reject(error: ToolError): void };
}

/** Leaves time to write and sync within 50 ms. */
const groupMs = 25;
const retryMs = 1_000;
const graceMs = 30_000;
const largestSegment = 64 * 1_024 * 1_024;
const largestBatch = 1_000;
/** About 40 MB of waiting records. */
const longestBacklog = 20_000;

class SegmentedLog implements AuditLog {
  readonly #options: AuditLogOptions;
  #segment: Segment | undefined;
  /** The segment that the store knows of. */
  #registered: Segment | undefined;
  readonly #queue: Entry[] = [];
  #failingSince: number | undefined;
  /** When the batch that is being written was begun. */
  #batchSince: number | undefined;
  #flushing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: AuditLogOptions) {
    this.#options = options;
  }

  async durable(event: AuditEvent): Promise<void> {
    const written = new Promise<void>((resolve, reject) => this.#accept(event, { resolve, reject }));
    void this.#flush();
    return written;
  }

  async grouped(event: AuditEvent): Promise<void> {
    if (this.#isPastGrace(this.#failingSince)) return this.durable(event);
    this.#accept(event);
    if (this.#failingSince === undefined) this.#flushIn(groupMs);
  }

  writable(): boolean {
    return this.#failingSince === undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    while (this.#flushing !== undefined) await this.#flushing;
    if (this.#queue.length > 0) await this.#flush();
    await this.#endSegment();
    if (this.#queue.length > 0) throw cannotWrite(undefined);
  }

  #accept(event: AuditEvent, waiting?: Entry['waiting']): void {
    // A device that hangs reports no failure.
    const stuck = this.#isPastGrace(this.#batchSince);
    if (this.#closed || stuck || this.#queue.length >= longestBacklog) throw cannotWrite(undefined);
    const { clock, redactor } = this.#options;
    const body = recordBody(event, clock().toISOString(), redactor);
    this.#queue.push({ body, phase: event.phase, ...(waiting && { waiting }) });
  }

  #isPastGrace(since: number | undefined): boolean {
    return since !== undefined && this.#options.clock().getTime() - since >= graceMs;
  }

  #flushIn(delayMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#flush();
    }, delayMs);
    // Waiting for a disk to come back must not keep a process alive that has nothing else to do.
    if (delayMs === retryMs) this.#timer.unref();
  }

  #flush(): Promise<void> {
    this.#flushing ??= this.#writeAll().finally(() => {
      this.#flushing = undefined;
      this.#batchSince = undefined;
      // What came while a failure was being dealt with is tried too, so that nobody waits for the retry.
      if (this.#queue.some((entry) => entry.waiting !== undefined)) void this.#flush();
      else if (this.#failingSince !== undefined && !this.#closed) this.#flushIn(retryMs);
    });
    return this.#flushing;
  }

  async #writeAll(): Promise<void> {
    do {
      const batch = this.#queue.splice(0, largestBatch);
      this.#batchSince = this.#options.clock().getTime();
      try {
        const { directory, server, files = localSegmentFiles, clock, random } = this.#options;
        this.#segment ??= await beginSegment({ directory, server: server.name, files, clock, random });
        if (batch.length > 0) await this.#segment.append(batch.map((entry) => entry.body));
      } catch (cause) {
        return this.#giveUp(batch, cause);
      }
      this.#failingSince = undefined;
      await this.#settle(batch, this.#segment);
    } while (this.#queue.length > 0);
  }

  async #giveUp(batch: readonly Entry[], cause: unknown): Promise<void> {
    this.#failingSince ??= this.#options.clock().getTime();
    // What was refused because it could not be recorded never happened; everything else is kept.
    const kept = batch.filter((entry) => entry.waiting === undefined || entry.phase !== 'intent');
    this.#queue.unshift(...kept.map(({ body, phase }) => ({ body, phase })));
    for (const entry of batch) entry.waiting?.reject(cannotWrite(cause));
    await this.#endSegment();
  }

  /** A segment that nobody knows of can be removed without a trace: nothing may take effect on it. */
  async #settle(batch: readonly Entry[], segment: Segment): Promise<void> {
    try {
      if (this.#registered !== segment) await this.#register(segment);
      for (const entry of batch) entry.waiting?.resolve();
    } catch (cause) {
      for (const entry of batch) entry.waiting?.reject(cannotWrite(cause));
      if (cause instanceof ToolError && cause.code === 'conflict') await this.#endSegment();
    }
    if (segment.size() > largestSegment) await this.#endSegment();
  }

  async #register(segment: Segment): Promise<void> {
    const { file, startedAt } = segment;
    const firstHash = segment.firstHash();
    if (firstHash === undefined) return;
    const server = this.#options.server.name;
    await this.#options.segments.register({ file, server, startedAt, firstHash });
    this.#registered = segment;
  }

  async #endSegment(): Promise<void> {
    const ended = this.#segment;
    this.#segment = undefined;
    // Every record in it that counts was synced, so that a failure to close it loses nothing.
    await ended?.close().catch(() => undefined);
  }
}

function cannotWrite(cause: unknown): ToolError {
  return new ToolError('unavailable', 'The audit log cannot be written, so this was not done.', {
    hint: 'Make the audit folder writable and free space on its disk; nothing that changes a system runs until then.',
    cause,
  });
}
