import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { entryPoints, operationOf } from '../company/operations.js';
import { backgroundLines } from '../company/quirks.js';
import { shopService, shopServices } from '../company/services.js';
import { createRandom, type Random } from '../random.js';
import type { Scenario } from '../scenario/model.js';
import { isServing, type Pod } from '../scenario/pods.js';
import { createBatches } from './batches.js';
import { logRecord, text } from './encode.js';
import { createMeters } from './meters.js';
import { type Encoding, openRotatingFile, type RotatingFile } from './rotating-file.js';
import { serve } from './serve.js';
import { createServiceMinutes, type ServiceMinutes } from './service-minutes.js';
import { createFiller, type Trip } from './trip.js';
import type { World } from './work.js';

const secondUs = 1_000_000;
const minuteUs = 60 * secondUs;
const hourMs = 3_600_000;
const exportEveryUs = 20 * secondUs;
/** Requests a second over the whole window, up to a scale of 1. */
const requestsPerSecond = 4;
const tracedShare = 0.13;

export interface TelemetryReport {
  readonly requests: number;
  readonly logLines: number;
  readonly spans: number;
  readonly points: number;
  readonly minutes: ServiceMinutes;
}

/**
 * Lets the shop work from the scenario's start to its now and writes what its instances export.
 * Below a scale of 1 the same requests are made and measured, and fewer of them are logged and
 * traced (warnings and errors are always logged), so that a small sandbox has the same incident.
 */
export async function writeTelemetry(options: {
  readonly folder: string;
  readonly scenario: Scenario;
  readonly pods: readonly Pod[];
  readonly scale: number;
  readonly onProgress: (done: number, total: number) => void;
}): Promise<TelemetryReport> {
  const { scenario, pods, scale } = options;
  await mkdir(options.folder, { recursive: true });
  const files = openFiles(options.folder, scenario);
  const world = createWorld(scenario, pods);
  const sampling = createRandom(`sampling/${scenario.kind}/${scenario.seed}`);
  const shares = sharesFor(scale, (scenario.nowMs - scenario.startMs) / hourMs);
  const fromUs = scenario.startMs * 1_000;
  const untilUs = scenario.nowMs * 1_000;
  let requests = 0;
  let nextExportUs = fromUs + exportEveryUs;
  for (const startUs of arrivals(world.random, fromUs, untilUs, Math.max(1, scale))) {
    while (startUs >= nextExportUs) {
      await exportUntil(nextExportUs, world, files, scenario, shares.logged);
      if (nextExportUs % (5 * minuteUs) < exportEveryUs)
        options.onProgress(nextExportUs - fromUs, untilUs - fromUs);
      nextExportUs += exportEveryUs;
    }
    requests += 1;
    const sampled = sampling.chance(shares.traced);
    const logged = sampling.chance(shares.logged);
    const traceId = sampled || logged ? world.ids.hex(32) : '';
    const trip: Trip = { traceId, sampled, logged, values: new Map() };
    serve(world, operationOf('web', entryPoint(world.random)), startUs, '', trip);
  }
  while (nextExportUs <= untilUs) {
    await exportUntil(nextExportUs, world, files, scenario, shares.logged);
    nextExportUs += exportEveryUs;
  }
  await Promise.all([files.logs.close(), files.traces.close(), files.metrics.close()]);
  return {
    requests,
    logLines: world.logs.taken(),
    spans: world.spans.taken(),
    points: world.meters.points(),
    minutes: world.minutes,
  };
}

/** Log lines and spans grow with scale; a short window gets a larger share so that counts still fit. */
function sharesFor(scale: number, hours: number): { readonly logged: number; readonly traced: number } {
  const share = Math.min(1, (scale * 6) / hours);
  return { logged: share, traced: tracedShare * Math.max(share, 0.12) };
}

function createWorld(scenario: Scenario, pods: readonly Pod[]): World {
  const name = `${scenario.kind}/${scenario.seed}`;
  const byService = new Map(
    shopServices.map((service) => [service.name, pods.filter((pod) => pod.service === service.name)]),
  );
  return {
    scenario,
    pods: byService,
    random: createRandom(`requests/${name}`),
    ids: createRandom(`ids/${name}`),
    noise: createRandom(`noise/${name}`),
    fill: createFiller(createRandom(`text/${name}`)),
    logs: createBatches('logs'),
    spans: createBatches('traces'),
    meters: createMeters(pods, scenario.seed, scenario.leakOf),
    minutes: createServiceMinutes(scenario.startMs, scenario.nowMs),
  };
}

/** Random arrivals that follow the hours of a day; how many there are does not depend on the hour of now. */
function* arrivals(random: Random, fromUs: number, untilUs: number, factor: number): Generator<number> {
  const samples = Array.from({ length: 48 }, (_, i) => daily(fromUs + ((untilUs - fromUs) * (i + 0.5)) / 48));
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  const rate = (requestsPerSecond * factor) / mean;
  let atUs = fromUs;
  for (;;) {
    atUs += Math.round((-Math.log(1 - random.next()) / (rate * daily(atUs))) * secondUs) + 1;
    if (atUs >= untilUs) return;
    yield atUs;
  }
}

/** Traffic of a shopping day (UTC), quietest at four in the morning. */
function daily(atUs: number): number {
  const hour = (atUs / 3_600_000_000) % 24;
  return 1 - 0.25 * Math.cos(((hour - 4) / 24) * 2 * Math.PI);
}

function entryPoint(random: Random): string {
  let rest = random.next() * 100;
  for (const { operation, weight } of entryPoints) {
    rest -= weight;
    if (rest < 0) return operation;
  }
  return 'GET /';
}

interface Files {
  readonly logs: RotatingFile;
  readonly traces: RotatingFile;
  readonly metrics: RotatingFile;
  /** Full hours within the window at which files are put aside. */
  readonly rotateAtMs: number[];
}

/** Older log files are compressed, the oldest traces are the exporter's own zstd, metrics stay plain. */
function openFiles(folder: string, scenario: Scenario): Files {
  const rotateAtMs: number[] = [];
  for (let at = Math.ceil((scenario.startMs + 1) / hourMs) * hourMs; at < scenario.nowMs; at += hourMs)
    rotateAtMs.push(at);
  const all = (encodingOf: (index: number) => Encoding) =>
    rotateAtMs.map((atMs, index) => ({ atMs, encoding: encodingOf(index) }));
  return {
    rotateAtMs,
    logs: openRotatingFile(
      join(folder),
      'logs',
      all(() => 'gzip'),
    ),
    traces: openRotatingFile(
      join(folder),
      'traces',
      all((index) => (index === 0 ? 'zstd' : 'plain')),
    ),
    metrics: openRotatingFile(
      join(folder),
      'metrics',
      all(() => 'plain'),
    ),
  };
}

async function exportUntil(
  untilUs: number,
  world: World,
  files: Files,
  scenario: Scenario,
  loggedShare: number,
): Promise<void> {
  const rotateAt = files.rotateAtMs[0];
  if (rotateAt !== undefined && untilUs > rotateAt * 1_000) {
    files.rotateAtMs.shift();
    await Promise.all([files.logs.rotate(), files.traces.rotate(), files.metrics.rotate()]);
  }
  writeBackground(world, untilUs, loggedShare);
  const logs = world.logs.take(untilUs);
  if (logs !== undefined) await files.logs.line(logs);
  const spans = world.spans.take(untilUs);
  if (spans !== undefined) await files.traces.line(spans);
  if (Math.floor(untilUs / minuteUs) === Math.floor((untilUs - exportEveryUs) / minuteUs)) return;
  queueDepths(world, untilUs, scenario);
  for (const request of world.meters.collect(untilUs)) await files.metrics.line(request);
}

/** Lines that nobody asked for: pools, caches, heartbeats. */
function writeBackground(world: World, untilUs: number, share: number): void {
  for (const pods of world.pods.values())
    for (const pod of pods) {
      const atUs = untilUs - Math.round(world.noise.next() * exportEveryUs) - 1;
      if (!isServing(pod, atUs) || !world.noise.chance(0.5 * share)) continue;
      const lines = backgroundLines[shopService(pod.service).language] ?? [];
      const trip: Trip = { traceId: '', sampled: false, logged: true, values: new Map() };
      const body = world.fill(world.noise.pick(lines), trip);
      const attributes = text('logger', 'background');
      const facts = {
        atUs,
        severity: 'DEBUG',
        body,
        attributes,
        traceId: '',
        spanId: '',
        sampled: false,
      } as const;
      world.logs.add(pod, atUs, logRecord(facts));
    }
}

function queueDepths(world: World, atUs: number, scenario: Scenario): void {
  for (const service of shopServices) {
    if (service.queue === undefined) continue;
    const number = Math.floor((atUs / 1_000 - scenario.startMs) / 60_000);
    const { requests } = world.minutes.window(service.name, number - 1, number - 1);
    world.meters.queueDepth(service.name, Math.round(requests * 0.05 + world.noise.next() * 4));
  }
}
