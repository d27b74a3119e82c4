import { shopResource } from '../company/organisation.js';
import { shopService } from '../company/services.js';
import { createRandom, type Random } from '../random.js';
import type { Leak } from '../scenario/model.js';
import { containerStartUs, isServing, type Pod, restartsUntil } from '../scenario/pods.js';
import { resourceOf, text } from './encode.js';
import {
  bucketOf,
  connections,
  emptySeries,
  gauge,
  histograms,
  type Measured,
  type Series,
} from './encode-metrics.js';

/** What the instances count and measure. */
export interface Meters {
  request(served: Measured): void;
  queueDepth(service: string, depth: number): void;
  /** All instances as they export at this time: export requests of bounded size. */
  collect(atUs: number): readonly string[];
  readonly points: () => number;
}

interface Meter {
  readonly pod: Pod;
  readonly resource: string;
  readonly random: Random;
  series: Map<string, Series>;
  startUs: number;
  busyUs: number;
}

const podsPerRequest = 12;

export function createMeters(
  pods: readonly Pod[],
  seed: number,
  leakOf: (service: string) => Leak | undefined,
): Meters {
  const meters = new Map<Pod, Meter>(
    pods.map((pod) => [
      pod,
      {
        pod,
        resource: resourceOf(pod),
        random: createRandom(`meters/${seed}/${pod.name}`),
        series: new Map(),
        startUs: pod.startUs,
        busyUs: 0,
      },
    ]),
  );
  const depths = new Map<string, number>();
  let points = 0;
  return {
    request(served) {
      const meter = meters.get(served.pod);
      if (meter === undefined) return;
      restartIfDue(meter, served.startUs);
      meter.busyUs += served.durationUs;
      count(meter, served);
    },
    queueDepth: (service, depth) => depths.set(service, depth),
    collect(atUs) {
      const alive = [...meters.values()].filter((meter) => isServing(meter.pod, atUs));
      const blocks = alive.map((meter) => {
        restartIfDue(meter, atUs);
        const first = alive.find((other) => other.pod.service === meter.pod.service) === meter;
        const queue = first ? depths.get(meter.pod.service) : undefined;
        points +=
          meter.series.size +
          4 +
          (hasDatabase(shopService(meter.pod.service).resources) ? 1 : 0) +
          (queue === undefined ? 0 : 1);
        return blockOf(meter, atUs, leakOf(meter.pod.service), queue);
      });
      const requests: string[] = [];
      for (let i = 0; i < blocks.length; i += podsPerRequest)
        requests.push(`{"resourceMetrics":[${blocks.slice(i, i + podsPerRequest).join(',')}]}`);
      return requests;
    },
    points: () => points,
  };
}

/** Share of the memory limit in use, without noise. */
export function memoryLevel(pod: Pod, atUs: number, leak: Leak | undefined): number {
  const base = 0.36 + (pod.service.length % 5) * 0.03;
  if (leak === undefined || pod.leakRate === 0) return base;
  const grown = ((atUs - containerStartUs(pod, atUs)) / 1_000 / leak.fullAfterMs) * pod.leakRate;
  return Math.min(1, base + (1 - base) * grown);
}

/** A new container counts from zero: that is what readers of cumulative counters must survive. */
function restartIfDue(meter: Meter, atUs: number): void {
  const startUs = containerStartUs(meter.pod, atUs);
  if (startUs === meter.startUs) return;
  meter.startUs = startUs;
  meter.series = new Map();
}

function count(meter: Meter, served: Measured): void {
  const { operation, status } = served;
  const seconds = served.durationUs / 1_000_000;
  const key = `${operation.name} ${status}`;
  let series = meter.series.get(key);
  if (series === undefined) {
    series = emptySeries(operation, status);
    meter.series.set(key, series);
  }
  const bucket = bucketOf(seconds);
  series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1;
  series.count += 1;
  series.sum += seconds;
  if (served.exemplar !== null) series.exemplar = served;
}

function blockOf(meter: Meter, atUs: number, leak: Leak | undefined, queue: number | undefined): string {
  const service = shopService(meter.pod.service);
  const { random } = meter;
  const metrics = [...histograms([...meter.series.values()], meter.startUs, atUs)];
  const level = memoryLevel(meter.pod, atUs, leak);
  const memory = Math.round(
    Math.min(1, level * random.between(0.985, 1.015)) * service.memoryMiB * 1_048_576,
  );
  const pressure = Math.max(0, level - 0.75) * 2;
  const limit = service.cpuMillis / 1_000;
  const busy = 0.05 + (meter.busyUs / 60_000_000) * 0.5 + pressure;
  meter.busyUs = 0;
  const cpu = Math.min(limit, limit * busy * random.between(0.9, 1.1));
  const pool = Math.min(30, 3 + random.int(4) + Math.round(pressure * 10));
  metrics.push(
    gauge('container.cpu.usage', '{cpu}', atUs, cpu.toFixed(4), ''),
    gauge('container.memory.usage', 'By', atUs, String(memory), ''),
    gauge('k8s.container.memory_limit', 'By', atUs, String(service.memoryMiB * 1_048_576), ''),
    gauge('k8s.container.restarts', '{restart}', atUs, String(restartsUntil(meter.pod, atUs)), ''),
  );
  if (hasDatabase(service.resources)) metrics.push(connections(atUs, pool));
  if (service.queue !== undefined && queue !== undefined)
    metrics.push(
      gauge(
        service.queue.metric,
        '{message}',
        atUs,
        String(queue),
        text('messaging.destination.name', service.queue.name),
      ),
    );
  return `{"resource":${meter.resource},"scopeMetrics":[{"scope":{"name":"com.example.instrumentation","version":"1.4.0"},"metrics":[${metrics.join(',')}]}]}`;
}

function hasDatabase(resources: readonly string[]): boolean {
  return resources.some((name) => shopResource(name).type === 'database');
}
