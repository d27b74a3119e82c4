import { ToolError } from '@devops-mcp/contract';
import { type AuditRecord, recordFormat } from './audit-record.js';
import { listSegments, readLines } from './segment-reader.js';

const mostRecords = 10_000;

/**
 * Every record that can be read, segment by segment and in order within each. Lines that are not
 * records are passed over: to find and report them is what `verifyAudit` is for. `mention` is text
 * that a record must contain, such as an id; it is looked for before a line is parsed.
 */
export async function* readAudit(options: {
  readonly directories: readonly string[];
  readonly mention?: string;
}): AsyncGenerator<AuditRecord> {
  for (const segment of await listSegments(options.directories)) {
    for await (const part of readLines(segment)) {
      if ('torn' in part) continue;
      for (const line of part.lines) {
        if (options.mention !== undefined && !line.includes(options.mention)) continue;
        const record = parseRecord(line);
        if (record !== undefined) yield record;
      }
    }
  }
}

/**
 * All records of one trace or one proposal in the order of time, over the segments of every process.
 * Rejects with `limit_exceeded` when there are more than 10,000.
 */
export async function traceAudit(
  options: { readonly directories: readonly string[] } & (
    | { readonly traceId: string }
    | { readonly proposalId: string }
  ),
): Promise<readonly AuditRecord[]> {
  const mention = 'traceId' in options ? options.traceId : options.proposalId;
  const belongs = (record: AuditRecord) =>
    'traceId' in options ? record.traceId === mention : record.proposalId === mention;
  const found: AuditRecord[] = [];
  for await (const record of readAudit({ directories: options.directories, mention })) {
    if (!belongs(record)) continue;
    if (found.length === mostRecords) throw tooMany();
    found.push(record);
  }
  // Sorting is stable: records of one segment with one timestamp keep their order.
  return found.sort((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0));
}

/** Undefined for a line that is not a record of this format. */
function parseRecord(line: string): AuditRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const ours =
      typeof value === 'object' && value !== null && 'format' in value && value.format === recordFormat;
    // The format names the shape; whether the record is as it was written is for `verifyAudit` to say.
    return ours ? (value as AuditRecord) : undefined;
  } catch {
    return undefined;
  }
}

function tooMany(): ToolError {
  return new ToolError('limit_exceeded', `There are more than ${mostRecords} records.`, {
    hint: 'Read the segments in parts with readAudit.',
  });
}
