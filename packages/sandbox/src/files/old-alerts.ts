import { shopService } from '../company/services.js';
import { createRandom } from '../random.js';
import type { Scenario } from '../scenario/model.js';
import type { AlertEpisode } from './alert-rules.js';

/** Alerts that fire now and then, mean little and were all resolved long ago. */
const noise: readonly {
  readonly name: string;
  readonly service: string;
  readonly severity: string;
  readonly summary: string;
  readonly expression: string;
  readonly threshold: number;
  readonly value: number;
  readonly unit: string;
  readonly runbook: string;
}[] = [
  {
    name: 'HighLatency',
    service: 'search',
    severity: 'warning',
    summary: 'search: 95th percentile above 0.4 s',
    expression:
      'histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket{service_name="search"}[5m]))) > 0.4',
    threshold: 0.4,
    value: 0.52,
    unit: 's',
    runbook: 'high-latency',
  },
  {
    name: 'HighErrorRate',
    service: 'shipping',
    severity: 'warning',
    summary: 'shipping: more than 5 % of messages fail',
    expression:
      'sum(rate(messaging_process_duration_seconds_count{service_name="shipping",error_type!=""}[5m])) / sum(rate(messaging_process_duration_seconds_count{service_name="shipping"}[5m])) > 0.05',
    threshold: 0.05,
    value: 0.09,
    unit: '',
    runbook: 'high-error-rate',
  },
  {
    name: 'QueueBacklog',
    service: 'notifications',
    severity: 'warning',
    summary: 'notifications: more than 500 messages wait',
    expression: 'notifications_queue_depth > 500',
    threshold: 500,
    value: 812,
    unit: '',
    runbook: 'queue-backlog',
  },
  {
    name: 'DiskSpaceLow',
    service: 'search',
    severity: 'warning',
    summary: 'search-index: less than 15 % of the disk is free',
    expression: 'search_index_disk_free_ratio < 0.15',
    threshold: 0.15,
    value: 0.14,
    unit: '',
    runbook: 'disk-space',
  },
  {
    name: 'CertificateExpiresSoon',
    service: 'web',
    severity: 'info',
    summary: 'web: certificate expires in less than 21 days',
    expression: 'certificate_days_left < 21',
    threshold: 21,
    value: 20,
    unit: 'd',
    runbook: 'certificates',
  },
];

const hourMs = 3_600_000;
const minuteMs = 60_000;

/** Ten days of noise, all of it over before telemetry begins, and the last time the culprit's alert fired. */
export function oldAlerts(scenario: Scenario): readonly AlertEpisode[] {
  const random = createRandom(`old-alerts/${scenario.seed}`);
  const untilMs = scenario.startMs - 2 * hourMs;
  const episodes: AlertEpisode[] = [];
  for (let day = 10; day >= 1; day -= 1) {
    const times = 1 + random.int(2);
    for (let i = 0; i < times; i += 1) {
      const kind = random.pick(noise);
      const startsMs = Math.round(untilMs - day * 24 * hourMs + random.between(0, 23) * hourMs);
      const { team } = shopService(kind.service);
      episodes.push({
        labels: {
          alertname: kind.name,
          service: kind.service,
          team,
          environment: 'production',
          namespace: 'shop',
          severity: kind.severity,
        },
        summary: kind.summary,
        description: kind.summary,
        expression: kind.expression,
        threshold: kind.threshold,
        unit: kind.unit,
        runbook: kind.runbook,
        startsMs,
        endsMs: Math.min(untilMs, startsMs + Math.round(random.between(6, 45) * minuteMs)),
        valueAt: () => kind.value,
      });
    }
  }
  return episodes.filter((episode) => episode.startsMs < untilMs).sort((a, b) => a.startsMs - b.startsMs);
}
