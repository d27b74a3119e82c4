import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import canonicalize from 'canonicalize';
import { describe, expect, it } from 'vitest';
import { verifyAudit } from '../../src/audit/index.js';
import { temporaryFolder } from '../temporary-folder.js';
import { exampleEvent } from './example-event.js';
import { openExampleLog, recordsIn, segmentFiles } from './open-example-log.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('a record', () => {
  it('is the event schema with every field filled or null', async () => {
    const directory = temporaryFolder();
    const { log } = await openExampleLog(directory);
    await log.durable(exampleEvent());
    await log.durable(
      exampleEvent({ auth: null, decision: null, tool: { name: 'x', riskTier: 2, target: null } }),
    );
    await log.close();
    const [first, second] = recordsIn(directory);
    expect(first).toEqual({
      format: 'devops-mcp/audit-record/v1',
      timestamp: '2026-03-01T10:00:00.000Z',
      eventType: 'mcp.tool_invocation',
      phase: 'result',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      sessionId: 'session-1',
      actor: {
        type: 'human+agent',
        humanId: 'user:default/oncall',
        agentClient: 'editor/1.4.0',
        agentModel: 'vendor/model',
        assurance: 'asserted',
        issuer: 'local',
        delegation: [],
      },
      server: {
        name: 'metrics',
        version: '0.1.0',
        host: 'laptop-1',
        owner: 'group:default/team-observability',
        transport: 'stdio',
      },
      tool: { name: 'get_service_metrics', riskTier: 1, target: 'production/services/payments-api' },
      auth: { principal: 'otlp:production:metrics:read', authType: 'file' },
      approval: { required: false, status: 'not_required', approver: null, changeRef: null },
      result: { status: 'success', durationMs: 12.5, artifactRef: null, errorCode: null, detail: null },
      environment: 'production',
      services: ['payments-api'],
      resources: [],
      owner: 'group:default/team-payments',
      arguments: { service: 'payments-api', environment: 'production', '10': 1, '9': 2, é: 'ü' },
      argumentsDigest: 'a'.repeat(64),
      reason: null,
      proposalId: null,
      bindingDigest: null,
      blastRadius: null,
      policy: {
        digest: 'b'.repeat(64),
        effect: 'allow',
        requirements: ['log_to_siem'],
        rules: ['tier1-read-only'],
      },
      id: 'call-1',
      seq: 1,
      prev: sha256(`devops-mcp/audit-segment/v1\n${basename(segmentFiles(directory)[0] ?? '')}`),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(second).toMatchObject({
      auth: { principal: null, authType: null },
      policy: null,
      tool: { target: null },
      services: [],
      seq: 2,
      prev: first.hash,
    });
  });

  it('is one line of canonical JSON, hashed under the name of its format', async () => {
    const directory = temporaryFolder();
    const { log } = await openExampleLog(directory);
    await log.durable(
      exampleEvent({ blastRadius: { services: 1, replicas: 5, dependents: 2 }, reason: 'why "so"\n' }),
    );
    await log.close();
    const text = readFileSync(segmentFiles(directory)[0] ?? '', 'utf8');
    const { hash, ...rest } = JSON.parse(text);
    // The package's declaration and its CommonJS export disagree.
    const canonical = canonicalize as unknown as (value: unknown) => string;
    expect(text).toBe(`${canonical({ ...rest, hash })}\n`);
    expect(hash).toBe(sha256(`devops-mcp/audit-record/v1\n${canonical(rest)}`));
  });

  it('goes through the redactor and stays small', async () => {
    const directory = temporaryFolder();
    const redactor = {
      text: (text: string) => text.replaceAll('hunter2', '[redacted]'),
      json: () => ({ redacted: true }) as never,
    };
    const { log } = await openExampleLog(directory, { redactor });
    const detail = `hunter2 ${'x'.repeat(100_000)}`;
    const result = {
      status: 'error',
      durationMs: 1,
      artifactRef: 'hunter2',
      errorCode: 'unavailable',
      detail,
    } as const;
    await log.durable(exampleEvent({ result, reason: 'hunter2' }));
    await log.close();
    const text = readFileSync(segmentFiles(directory)[0] ?? '', 'utf8');
    expect(text).not.toContain('hunter2');
    expect(text).toContain('"arguments":{"redacted":true}');
    expect(text.length).toBeLessThan(10_000);
  });

  it('says so when the arguments are too large to keep', async () => {
    const directory = temporaryFolder();
    const { log } = await openExampleLog(directory);
    await log.durable(exampleEvent({ arguments: { text: 'x'.repeat(1_000_000) } }));
    await log.close();
    expect(recordsIn(directory)[0].arguments).toEqual({ omitted: '1000011 characters of arguments' });
  });
});

describe('a segment', () => {
  it('begins with the first record, closed to others, and is registered', async () => {
    const directory = join(temporaryFolder(), 'audit');
    const { log, store } = await openExampleLog(directory);
    expect(existsSync(directory)).toBe(false);
    await log.durable(exampleEvent());
    expect(readdirSync(directory)).toEqual(['metrics-20260301T100000000Z-000000000001.ndjson']);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(segmentFiles(directory)[0] ?? '').mode & 0o777).toBe(0o600);
    expect(await store.segments.list()).toEqual([
      {
        file: 'metrics-20260301T100000000Z-000000000001.ndjson',
        server: 'metrics',
        startedAt: '2026-03-01T10:00:00.000Z',
        firstHash: recordsIn(directory)[0].hash,
      },
    ]);
    await log.close();
  });

  it('does not begin in a process that records nothing', async () => {
    const directory = join(temporaryFolder(), 'audit');
    const { log, store } = await openExampleLog(directory);
    await log.close();
    expect(existsSync(directory)).toBe(false);
    expect(await store.segments.list()).toEqual([]);
  });

  it('gets reads by itself a moment later, without holding their answers back', async () => {
    const directory = temporaryFolder();
    const { log } = await openExampleLog(directory);
    await log.durable(exampleEvent());
    await log.grouped(exampleEvent({ id: 'read' }));
    expect(recordsIn(directory)).toHaveLength(1);
    await expect.poll(() => recordsIn(directory).length, { interval: 5, timeout: 2_000 }).toBe(2);
    await log.close();
  });

  it('keeps the order in which events came, whoever waits', async () => {
    const directory = temporaryFolder();
    const { log } = await openExampleLog(directory);
    const ids = Array.from({ length: 300 }, (_, number) => `call-${number}`);
    await Promise.all(
      ids.map((id, number) =>
        number % 7 === 0 ? log.durable(exampleEvent({ id })) : log.grouped(exampleEvent({ id })),
      ),
    );
    await log.close();
    expect(recordsIn(directory).map((record) => record.id)).toEqual(ids);
    expect(await verifyAudit({ directories: [directory] })).toMatchObject({ ok: true, records: 300 });
  });

  it('takes nothing after the log is closed', async () => {
    const { log } = await openExampleLog(temporaryFolder());
    await log.close();
    await expect(log.grouped(exampleEvent())).rejects.toMatchObject({ code: 'unavailable' });
    await expect(log.durable(exampleEvent())).rejects.toMatchObject({ code: 'unavailable' });
  });
});
