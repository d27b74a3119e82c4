import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SandboxReport } from '../src/index.js';
import { lengthPrefixed, zstdFrame } from '../src/telemetry/zstd-frame.js';
import { makeSandbox, rawFrame } from './read-sandbox.js';
import { attribute, logsOf, type Point, pointsOf, type Span, spansOf } from './telemetry-model.js';

describe('at full scale', async () => {
  const hours = 2;
  const report: SandboxReport = await makeSandbox({ incident: 'bad_deployment', scale: 1, hours });
  const { directory, truth } = report;
  const logs = logsOf(directory);
  const points = pointsOf(directory);

  it('six hours would be at least 300,000 log lines and 100,000 spans', () => {
    expect((report.counts.logLines / hours) * 6).toBeGreaterThan(300_000);
    expect((report.counts.spans / hours) * 6).toBeGreaterThan(100_000);
  });

  it('logs and metrics count the same requests', () => {
    const logged = logs.filter(
      (log) =>
        log.service === 'web' &&
        log.severityText === 'INFO' &&
        attribute(log, 'http.response.status_code') !== undefined,
    );
    const failed = logged.filter((log) => Number(attribute(log, 'http.response.status_code')) >= 500);
    const counted = totals(points.filter((point) => point.service === 'web'));
    expect(Math.abs(counted.requests - logged.length) / logged.length).toBeLessThan(0.005);
    expect(failed.length).toBeGreaterThan(50);
    expect(Math.abs(counted.errors - failed.length)).toBeLessThanOrEqual(3);
  });

  it('traces are a fair sample of them', () => {
    const spans = spansOf(directory).filter((span) => span.service === 'checkout' && span.kind === 2);
    const counted = totals(points.filter((point) => point.service === 'checkout'));
    expect(spans.length / counted.requests).toBeGreaterThan(0.11);
    expect(spans.length / counted.requests).toBeLessThan(0.15);
    const failed = spans.filter((span) => span.status.code === 2).length / spans.length;
    expect(Math.abs(failed - counted.errors / counted.requests)).toBeLessThan(0.03);
  });

  it('a new version counts from zero, and nothing else goes backwards', () => {
    const resets = new Set<string>();
    const last = new Map<string, Point>();
    for (const point of points.filter((entry) => entry.metric === 'http.server.request.duration')) {
      expect(point.bucketCounts).toHaveLength((point.explicitBounds?.length ?? 0) + 1);
      expect(sum(point.bucketCounts ?? [])).toBe(Number(point.count));
      const key = `${point.pod} ${JSON.stringify(point.attributes)}`;
      const before = last.get(key);
      last.set(key, point);
      if (before === undefined) continue;
      if (before.startTimeUnixNano !== point.startTimeUnixNano) resets.add(point.service);
      else expect(Number(point.count)).toBeGreaterThanOrEqual(Number(before.count));
    }
    const culprit = points.filter((point) => point.service === truth.service);
    expect(new Set(culprit.map((point) => point.pod)).size).toBe(6);
    expect(new Set(culprit.map((point) => point.startTimeUnixNano)).size).toBeGreaterThan(2);
    expect([...resets]).toEqual([]);
  });

  it('the service is slower and fails after the onset and was sound before', () => {
    const onset = new Date(truth.onset ?? 0).getTime() + 120_000;
    const served = spansOf(directory).filter((span) => span.service === truth.service && span.kind === 2);
    const isAfter = (span: Span) => Number(span.startTimeUnixNano) / 1e6 >= onset;
    const failed = (list: readonly Span[]) =>
      list.filter((span) => span.status.code === 2).length / list.length;
    const meanMs = (list: readonly Span[]) => {
      const sound = list.filter((span) => span.status.code !== 2);
      return sound.reduce((sum, span) => sum + durationMs(span), 0) / sound.length;
    };
    const before = served.filter(
      (span) => !isAfter(span) && Number(span.startTimeUnixNano) / 1e6 < onset - 240_000,
    );
    const after = served.filter(isAfter);
    expect(failed(before)).toBeLessThan(0.02);
    expect(failed(after)).toBeGreaterThan(0.3);
    expect(meanMs(after)).toBeGreaterThan(meanMs(before) * 1.4);
  });

  it('every exception has a type, a message and a stack trace', () => {
    const thrown = logs.filter((log) => attribute(log, 'exception.type') !== undefined);
    expect(thrown.length).toBeGreaterThan(50);
    const poor = thrown.filter((log) => {
      const message = attribute(log, 'exception.message') ?? '';
      const frames = attribute(log, 'exception.stacktrace')?.split('\n').length ?? 0;
      return log.severityText !== 'ERROR' || message === '' || /\{[a-z]+\}/.test(message) || frames < 4;
    });
    expect(poor).toEqual([]);
    expect(logs.filter((log) => /\{[a-z]+\}/.test(log.body.stringValue))).toEqual([]);
  });
});

it('counters of a killed container begin again', async () => {
  const { directory, truth } = await makeSandbox({ incident: 'memory_leak' });
  const starts = new Map<string, Set<string>>();
  for (const point of pointsOf(directory)) {
    if (point.service !== truth.service || point.startTimeUnixNano === undefined) continue;
    starts.set(point.pod, (starts.get(point.pod) ?? new Set()).add(point.startTimeUnixNano));
  }
  expect(Math.max(...[...starts.values()].map((times) => times.size))).toBeGreaterThan(2);
});

describe('zstd', () => {
  const contents = ['', 'short', 'x'.repeat(131_072), 'y'.repeat(400_001)];

  it('frames hold what was put into them', () => {
    for (const content of contents) expect(rawFrame(zstdFrame(Buffer.from(content)))).toBe(content);
    const frame = zstdFrame(Buffer.from('short'));
    expect(lengthPrefixed(frame).readUInt32BE(0)).toBe(frame.length);
  });

  const hasZstd = spawnSync('zstd', ['--version']).status === 0;
  it.skipIf(!hasZstd)('frames are what the zstd command reads', () => {
    const folder = mkdtempSync(join(tmpdir(), 'zstd-'));
    for (const content of contents) {
      writeFileSync(join(folder, 'frame.zst'), zstdFrame(Buffer.from(content)));
      const result = spawnSync('zstd', ['-dc', join(folder, 'frame.zst')], { maxBuffer: 1e7 });
      expect(result.stdout.toString()).toBe(content);
    }
  });
});

/** Requests and failed requests over all series, added up from the last value of each. */
function totals(points: readonly Point[]): { readonly requests: number; readonly errors: number } {
  const last = new Map<string, Point>();
  for (const point of points)
    if (point.metric === 'http.server.request.duration')
      last.set(`${point.pod} ${point.startTimeUnixNano} ${JSON.stringify(point.attributes)}`, point);
  let requests = 0;
  let errors = 0;
  for (const point of last.values()) {
    requests += Number(point.count);
    if (Number(attribute(point, 'http.response.status_code')) >= 500) errors += Number(point.count);
  }
  return { requests, errors };
}

function durationMs(span: Span): number {
  return (Number(span.endTimeUnixNano) - Number(span.startTimeUnixNano)) / 1e6;
}

function sum(counts: readonly string[]): number {
  return counts.reduce((total, count) => total + Number(count), 0);
}
