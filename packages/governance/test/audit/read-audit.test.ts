import { appendFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readAudit, traceAudit } from '../../src/audit/index.js';
import { temporaryFolder } from '../temporary-folder.js';
import { exampleEvent } from './example-event.js';
import { openExampleLog, segmentFiles } from './open-example-log.js';

async function twoProcesses() {
  const directories = [temporaryFolder(), temporaryFolder()] as const;
  const requester = await openExampleLog(directories[0]);
  const executor = await openExampleLog(directories[1], { server: { name: 'rollback' } });
  const start = Date.parse('2026-03-01T10:00:00Z');
  const write = async (
    example: typeof requester,
    second: number,
    id: string,
    proposalId: string | null,
    trace = 't1',
  ) => {
    example.time.now = new Date(start + second * 1_000);
    await example.log.durable(exampleEvent({ id, proposalId, traceId: trace }));
  };
  await write(requester, 1, 'proposed', 'prop_1');
  await write(requester, 2, 'other', 'prop_2', 't2');
  await write(executor, 3, 'executed', 'prop_1', 't3');
  await write(requester, 4, 'seen', 'prop_1');
  await requester.log.close();
  await executor.log.close();
  return directories;
}

const ids = (records: readonly { readonly id: string }[]) => records.map((record) => record.id);

describe('tracing', () => {
  it('brings the records of a proposal from all processes into the order of time', async () => {
    const directories = await twoProcesses();
    expect(ids(await traceAudit({ directories, proposalId: 'prop_1' }))).toEqual([
      'proposed',
      'executed',
      'seen',
    ]);
    expect(ids(await traceAudit({ directories, traceId: 't1' }))).toEqual(['proposed', 'seen']);
    expect(await traceAudit({ directories, traceId: 'prop_1' })).toEqual([]);
    expect(await traceAudit({ directories, traceId: 'unknown' })).toEqual([]);
  });

  it('passes over lines that are not records', async () => {
    const directories = await twoProcesses();
    appendFileSync(segmentFiles(directories[0])[0] ?? '', 'garbage t1\n{"traceId":"t1"}\n{"torn":');
    expect(ids(await traceAudit({ directories, traceId: 't1' }))).toEqual(['proposed', 'seen']);
    const all: { readonly id: string }[] = [];
    for await (const record of readAudit({ directories })) all.push(record);
    expect(ids(all)).toEqual(['proposed', 'other', 'seen', 'executed']);
  });
});
