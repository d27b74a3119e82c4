import type { Span } from '@devops-mcp/domain';
import type { GivenMinute } from '@devops-mcp/domain/contract-tests';

type Labels = Readonly<Record<string, string>>;
type Kind = 'counter' | 'gauge' | 'histogram' | 'unknown';

/** Samples of one family; several series may be written in turn. */
export interface FamilySamples {
  readonly name: string;
  readonly kind: Kind;
  /** `suffix` is `_total`, `_bucket` and the like, or empty. */
  readonly samples: readonly {
    readonly suffix: string;
    readonly labels: Labels;
    readonly time: Date;
    readonly value: number;
  }[];
}

export const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** OpenMetrics text with timestamps, as `promtool tsdb create-blocks-from openmetrics` reads it. */
export function openMetrics(families: readonly FamilySamples[]): string {
  const lines = families.flatMap(({ name, kind, samples }) => [
    `# TYPE ${name} ${kind}`,
    ...samples.map(
      ({ suffix, labels, time, value }) =>
        `${name}${suffix}${shown(labels)} ${value} ${time.getTime() / 1_000}`,
    ),
  ]);
  return `${lines.join('\n')}\n# EOF\n`;
}

/** What a Prometheus that scrapes these instances once a minute stores, OTLP's names translated. */
export function scrapedMinutes(minutes: readonly GivenMinute[]): readonly FamilySamples[] {
  const counts = new Map<string, number[]>();
  const requests: FamilySamples['samples'][number][] = [];
  const cpu: FamilySamples['samples'][number][] = [];
  const memory: FamilySamples['samples'][number][] = [];
  for (const minute of minutes) {
    const { time, failed, seconds } = minute;
    const labels = { job: `shop/${minute.service}`, instance: minute.instance };
    for (const [status, count] of [
      ['200', minute.requests - failed],
      ['500', failed],
    ] as const) {
      const own = {
        ...labels,
        http_route: '/x',
        http_request_method: 'GET',
        http_response_status_code: status,
      };
      const total = counts.get(JSON.stringify(own)) ?? [...bounds, Number.POSITIVE_INFINITY].map(() => 0);
      counts.set(JSON.stringify(own), total);
      [...bounds, Number.POSITIVE_INFINITY].forEach((bound, index) => {
        if (seconds <= bound) total[index] = (total[index] ?? 0) + count;
        const le = bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound);
        requests.push({ suffix: '_bucket', labels: { ...own, le }, time, value: total[index] ?? 0 });
      });
      requests.push({ suffix: '_count', labels: own, time, value: total.at(-1) ?? 0 });
    }
    cpu.push({ suffix: '', labels, time, value: minute.cpu });
    memory.push({ suffix: '', labels, time, value: minute.memoryBytes });
  }
  return [
    { name: 'http_server_request_duration_seconds', kind: 'histogram', samples: requests },
    { name: 'process_cpu_utilization_ratio', kind: 'gauge', samples: cpu },
    { name: 'process_memory_usage_bytes', kind: 'gauge', samples: memory },
  ];
}

const quarterMs = 15_000;

/** The service graph that a trace store makes of these spans, scraped four times a minute. */
export function serviceGraph(spans: readonly Span[], from: Date, to: Date): readonly FamilySamples[] {
  const calls = spans.flatMap((span) => {
    const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
    return parent === undefined || parent.service === span.service
      ? []
      : [{ client: parent.service, server: span.service, span }];
  });
  const all: FamilySamples['samples'][number][] = [];
  const failed: FamilySamples['samples'][number][] = [];
  const times: FamilySamples['samples'][number][] = [];
  const pairs = new Map(calls.map(({ client, server }) => [`${client} ${server}`, { client, server }]));
  for (const labels of pairs.values())
    for (let at = from.getTime(); at <= to.getTime(); at += quarterMs) {
      const time = new Date(at);
      const seen = calls.filter(
        ({ client, server, span }) =>
          client === labels.client && server === labels.server && span.startUs / 1_000 <= at,
      );
      const add = (to: typeof all, suffix: string, value: number, more: Labels = {}) =>
        to.push({ suffix, labels: { ...labels, ...more }, time, value });
      add(all, '_total', seen.length);
      add(failed, '_total', seen.filter(({ span }) => span.error).length);
      for (const bound of [...bounds, Number.POSITIVE_INFINITY])
        add(times, '_bucket', seen.filter(({ span }) => span.durationUs / 1e6 <= bound).length, {
          le: bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound),
        });
    }
  return [
    { name: 'traces_service_graph_request', kind: 'counter', samples: all },
    { name: 'traces_service_graph_request_failed', kind: 'counter', samples: failed },
    { name: 'traces_service_graph_request_server_seconds', kind: 'histogram', samples: times },
  ];
}

function shown(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
