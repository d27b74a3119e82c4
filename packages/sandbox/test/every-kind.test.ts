import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCatalog } from '@devops-mcp/catalog';
import { beforeAll, describe, expect, it } from 'vitest';
import { quirks } from '../src/company/quirks.js';
import { type IncidentKind, incidentKinds, isIncidentKind, type SandboxReport } from '../src/index.js';
import { filesBelow, makeSandbox, now } from './read-sandbox.js';
import { attribute, type Log, logsOf, pointsOf, type Span, spansOf } from './telemetry-model.js';

const kinds = Object.keys(incidentKinds).filter(isIncidentKind);

describe.each(kinds)('%s', (incident: IncidentKind) => {
  let report: SandboxReport;
  let logs: readonly Log[];
  let spans: readonly Span[];

  beforeAll(async () => {
    report = await makeSandbox({ incident });
    logs = logsOf(report.directory);
    spans = spansOf(report.directory);
  }, 60_000);

  it('writes as many log lines and spans as it reports', () => {
    expect(logs).toHaveLength(report.counts.logLines);
    expect(spans).toHaveLength(report.counts.spans);
    expect(logs.length).toBeGreaterThan(4_000);
    expect(spans.length).toBeGreaterThan(2_000);
  });

  it('writes log records with times in the window and ids where there is a request', () => {
    const since = now.getTime() - 2 * 3_600_000;
    const wrong = logs.filter((log) => {
      const ms = Number(log.timeUnixNano) / 1e6;
      const hasIds = /^[0-9a-f]{32}$/.test(log.traceId ?? '') && /^[0-9a-f]{16}$/.test(log.spanId ?? '');
      return ms < since || ms > now.getTime() || (log.traceId !== undefined && !hasIds);
    });
    expect(wrong).toEqual([]);
    expect(logs.filter((log) => log.traceId !== undefined).length).toBeGreaterThan(logs.length / 2);
  });

  it('keeps the lines of an instance in order of time', () => {
    const last = new Map<string, bigint>();
    const late = logs.filter((log) => {
      const time = BigInt(log.timeUnixNano);
      const isLate = time < (last.get(log.pod) ?? 0n);
      last.set(log.pod, time);
      return isLate;
    });
    expect(late).toEqual([]);
  });

  it('makes whole traces: parents exist, children lie within callers, errors reach them', () => {
    const byTrace = new Map<string, Map<string, Span>>();
    for (const span of spans)
      byTrace.set(span.traceId, (byTrace.get(span.traceId) ?? new Map()).set(span.spanId, span));
    expect(new Set(spans.map((span) => span.spanId)).size).toBe(spans.length);
    // A trace that is still under way at the end of the telemetry has no root yet.
    const whole = [...byTrace.values()].filter((trace) =>
      [...trace.values()].some((span) => span.parentSpanId === ''),
    );
    expect(whole.length / byTrace.size).toBeGreaterThan(0.98);
    const faults = whole.flatMap((trace) =>
      [...trace.values()].filter(
        (span) => span.parentSpanId !== '' && !fits(span, trace.get(span.parentSpanId)),
      ),
    );
    expect(faults).toEqual([]);
  });

  it('has a catalog without problems, for every service that telemetry knows', async () => {
    const catalog = await loadCatalog({
      paths: [join(report.directory, 'catalog')],
      environments: ['production', 'staging'],
    });
    expect(catalog.problems).toEqual([]);
    for (const service of new Set(spans.map((span) => span.service))) {
      expect(catalog.services.get(service)?.owner).toMatch(/^group:default\/team-/);
      expect(catalog.ownership.limitsOf(service, 'production')?.replicas?.max).toBeGreaterThan(3);
    }
    expect(catalog.ownership.isMember('user:default/oncall', 'group:default/team-payments')).toBe(true);
    expect(catalog.ownership.isMember('user:default/oncall', 'group:default/team-messaging')).toBe(false);
    expect(catalog.ownership.dependentsOf('payments-api')).toEqual(['checkout', 'web']);
  });

  it('has sound repositories whose history is older than their present', () => {
    for (const name of ['production', 'production-branches', 'staging']) {
      const path = join(report.directory, 'gitops', `${name}.git`);
      expect(git(path, 'fsck', '--strict', '--no-dangling')).toBe('');
      const times = git(path, 'log', '--format=%ct', 'main').trim().split('\n').map(Number);
      expect(times.length).toBeGreaterThan(60);
      expect([...times].sort((a, b) => b - a)).toEqual(times);
      expect((times[0] ?? 0) * 1_000).toBeLessThan(now.getTime());
      expect((times[0] ?? 0) - (times.at(-1) ?? 0)).toBeGreaterThan(28 * 86_400);
    }
  });

  it('tells the truth about the commits', () => {
    const { truth } = report;
    const path = join(report.directory, 'gitops', 'production.git');
    for (const { service, revision } of truth.decoys)
      expect(git(path, 'show', '--format=', '--name-only', revision)).toContain(`services/${service}/`);
    const change = git(path, 'show', `main:changes/${truth.changeRequest}.md`);
    expect(change).toContain('status: approved');
    if (truth.cause === null) return;
    const [seconds = ''] = git(path, 'show', '--no-patch', '--format=%ct', truth.cause.revision).split('\n');
    const before = new Date(truth.onset ?? 0).getTime() / 1_000 - Number(seconds);
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(180);
    expect(change).toContain(`services: [${truth.service}]`);
  });

  it('has alerts that fire for the culprit and none on a quiet day', () => {
    const lines = readFileSync(join(report.directory, 'alerts/webhook.ndjson'), 'utf8').trim().split('\n');
    const alerts = lines.map((line) => JSON.parse(line).alerts[0]);
    expect(alerts.length).toBeGreaterThan(10);
    for (const alert of alerts) expect(alert.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    const open = new Map<string, string>();
    for (const alert of alerts)
      if (alert.status === 'firing') open.set(alert.fingerprint, alert.labels.service);
      else open.delete(alert.fingerprint);
    expect(open.size).toBe(report.counts.firing);
    if (report.truth.service === null) expect(open.size).toBe(0);
    else expect([...open.values()]).toContain(report.truth.service);
  });

  it('keeps the answer away from everything a server reads', () => {
    for (const file of filesBelow(report.directory)) {
      if (file.endsWith('truth.json') || file.includes('.git/') || file.includes('/telemetry/')) continue;
      expect(readFileSync(file, 'utf8')).not.toContain('truth.json"');
    }
    expect(readFileSync(join(report.directory, 'devops-mcp.yaml'), 'utf8')).not.toContain('truth');
  });
});

describe('what the incidents do', () => {
  it('a bad deployment brings an error that was never seen before its onset', async () => {
    const { directory, truth } = await makeSandbox({ incident: 'bad_deployment', seed: 2 });
    const types = newErrorTypes(logsOf(directory), truth.onset);
    expect([...types.keys()]).toEqual([truth.service]);
    expect(truth.service).toBe('catalogue');
    const versions = new Set(
      logsOf(directory)
        .filter((log) => log.service === truth.service)
        .map((log) => log.version),
    );
    expect(versions.size).toBe(2);
  });

  it('an irreversible migration is part of the commit and named by the errors', async () => {
    const { directory, truth } = await makeSandbox({ incident: 'irreversible_migration' });
    const path = join(directory, 'gitops', 'production.git');
    const patch = git(path, 'show', '--format=', truth.cause?.revision ?? '');
    expect(patch).toContain('DROP COLUMN delivery_notes');
    const messages = logsOf(directory).map((log) => attribute(log, 'exception.message') ?? '');
    expect(messages.some((message) => message.includes('delivery_notes does not exist'))).toBe(true);
  });

  it('an outage has no cause in the repository and errors in the calls to the dependency', async () => {
    const { directory, truth } = await makeSandbox({ incident: 'dependency_outage' });
    expect(truth).toMatchObject({ cause: null, resource: 'payment-provider', service: 'payments-api' });
    const failed = spansOf(directory).filter((span) => span.status.code === 2 && span.kind === 3);
    expect(failed.some((span) => span.name === 'POST /v1/charges')).toBe(true);
  });

  it('a leak grows from its deployment on, kills containers and begins again', async () => {
    const { directory, truth } = await makeSandbox({ incident: 'memory_leak' });
    const points = pointsOf(directory).filter((point) => point.service === truth.service);
    const restarts = points.filter((point) => point.metric === 'k8s.container.restarts');
    expect(Math.max(...restarts.map((point) => point.asDouble ?? 0))).toBeGreaterThan(1);
    const memory = points.filter((point) => point.metric === 'container.memory.usage');
    const at = (minutes: number) => {
      const nano = String((new Date(truth.onset ?? 0).getTime() + minutes * 60_000) * 1e6).slice(0, 10);
      const found = memory.filter((point) => Number(point.timeUnixNano.slice(0, 10)) <= Number(nano));
      return found.at(-1)?.asDouble ?? 0;
    };
    expect(at(36)).toBeGreaterThan(at(4) * 1.5);
  });

  it('a quiet day has no new kind of error', async () => {
    const { directory, truth } = await makeSandbox({ incident: 'quiet_day', seed: 3 });
    expect(truth).toMatchObject({ service: null, onset: null, kind: null });
    expect(newErrorTypes(logsOf(directory), new Date(0).toISOString()).size).toBe(0);
  });
});

function fits(span: Span, parent: Span | undefined): boolean {
  if (parent === undefined) return false;
  const callers: Readonly<Record<number, number>> = { 2: 3, 5: 4 };
  const caller = callers[span.kind];
  if (caller !== undefined && parent.kind !== caller) return false;
  if (span.kind === 2 && span.status.code === 2 && parent.status.code !== 2) return false;
  const start = BigInt(span.startTimeUnixNano);
  return start >= BigInt(parent.startTimeUnixNano) && BigInt(span.endTimeUnixNano) >= start;
}

/** Services with exceptions of a type that they had not thrown before that time and do not throw on normal days. */
function newErrorTypes(logs: readonly Log[], since: string | null): ReadonlyMap<string, string> {
  const split = new Date(since ?? 0).getTime();
  const before = new Set(quirks.map((quirk) => `${quirk.service} ${quirk.exception?.type}`));
  const after = new Map<string, string>();
  for (const log of logs) {
    const type = attribute(log, 'exception.type');
    if (type === undefined) continue;
    if (Number(log.timeUnixNano) / 1e6 < split) before.add(`${log.service} ${type}`);
    else if (!before.has(`${log.service} ${type}`)) after.set(log.service, type);
  }
  return after;
}

function git(path: string, ...args: readonly string[]): string {
  return execFileSync('git', ['-C', path, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
