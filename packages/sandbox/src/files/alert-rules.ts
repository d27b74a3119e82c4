import { shopService, shopServices } from '../company/services.js';
import type { Scenario } from '../scenario/model.js';
import { isServing, type Pod } from '../scenario/pods.js';
import { memoryLevel } from '../telemetry/meters.js';
import type { ServiceMinutes } from '../telemetry/service-minutes.js';

/** An alert from when it began to fire until it was resolved. */
export interface AlertEpisode {
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
  readonly expression: string;
  readonly threshold: number;
  readonly unit: string;
  readonly runbook: string;
  readonly startsMs: number;
  /** Null while it fires. */
  readonly endsMs: number | null;
  /** What was measured at that time. */
  readonly valueAt: (atMs: number) => number;
}

interface Rule {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
  readonly expression: string;
  readonly threshold: number;
  readonly unit: string;
  readonly runbook: string;
  /** Minutes above the threshold before it fires; as long below it before it is resolved. */
  readonly forMinutes: number;
  /** Null when there is too little to judge. */
  readonly valueAt: (minute: number) => number | null;
}

/** Seconds above which the 95th percentile of a service is an alert: well above its normal days. */
const latencyLimits: Readonly<Record<string, number>> = {
  web: 0.9,
  checkout: 0.9,
  'payments-api': 0.7,
  'fraud-check': 0.3,
  orders: 0.3,
  inventory: 0.2,
  catalogue: 0.2,
  search: 0.4,
  recommendations: 0.3,
  users: 0.4,
  shipping: 1.5,
  notifications: 1,
};

/**
 * Evaluates alert rules on what the requests really did, minute by minute, so that alerts, metrics,
 * logs and traces tell the same story.
 */
export function evaluateRules(
  scenario: Scenario,
  minutes: ServiceMinutes,
  pods: readonly Pod[],
): readonly AlertEpisode[] {
  const rules = [
    ...shopServices.flatMap((service) => serviceRules(service.name, minutes)),
    ...pods.filter((pod) => pod.leakRate > 0).flatMap((pod) => podRules(pod, scenario)),
  ];
  return rules
    .flatMap((rule) => episodesOf(rule, scenario, minutes.minutes))
    .sort((a, b) => a.startsMs - b.startsMs);
}

function serviceRules(service: string, minutes: ServiceMinutes): readonly Rule[] {
  const { tier, team } = shopService(service);
  const labels = { service, team, environment: 'production', namespace: 'shop' };
  const limit = latencyLimits[service] ?? 1;
  const seen = 'http_server_request_duration_seconds';
  const failed = `sum(rate(${seen}_count{service_name="${service}",http_response_status_code=~"5.."}[5m]))`;
  return [
    {
      name: 'HighErrorRate',
      labels: { ...labels, severity: tier === 'tier-1' ? 'critical' : 'warning' },
      summary: `${service}: more than 5 % of requests fail`,
      description: 'Share of answers of 500 and above over five minutes.',
      expression: `${failed} / sum(rate(${seen}_count{service_name="${service}"}[5m])) > 0.05`,
      threshold: 0.05,
      unit: '',
      runbook: 'high-error-rate',
      forMinutes: 2,
      valueAt(minute) {
        const { requests, errors } = minutes.window(service, minute - 4, minute);
        // A few failures among few requests are no share to speak of.
        return requests < 25 || (errors > 0 && errors < 5) ? null : errors / requests;
      },
    },
    {
      name: 'HighLatency',
      labels: { ...labels, severity: 'warning' },
      summary: `${service}: 95th percentile above ${limit} s`,
      description: '95th percentile of the duration of requests over five minutes.',
      expression: `histogram_quantile(0.95, sum by (le) (rate(${seen}_bucket{service_name="${service}"}[5m]))) > ${limit}`,
      threshold: limit,
      unit: 's',
      runbook: 'high-latency',
      forMinutes: 4,
      valueAt(minute) {
        const { requests, p95 } = minutes.window(service, minute - 4, minute);
        return requests < 25 ? null : p95;
      },
    },
  ];
}

function podRules(pod: Pod, scenario: Scenario): readonly Rule[] {
  const { team } = shopService(pod.service);
  const labels = { service: pod.service, pod: pod.name, team, environment: 'production', namespace: 'shop' };
  const atUs = (minute: number) => (scenario.startMs + minute * 60_000) * 1_000;
  return [
    {
      name: 'ContainerMemoryNearLimit',
      labels: { ...labels, severity: 'warning' },
      summary: `${pod.service}: container memory above 90 % of its limit`,
      description: 'The container is killed when it reaches its limit.',
      expression: `container_memory_usage{pod="${pod.name}"} / k8s_container_memory_limit{pod="${pod.name}"} > 0.9`,
      threshold: 0.9,
      unit: '',
      runbook: 'memory',
      forMinutes: 3,
      valueAt: (minute) =>
        isServing(pod, atUs(minute)) ? memoryLevel(pod, atUs(minute), scenario.leakOf(pod.service)) : 0,
    },
    {
      name: 'ContainerRestarted',
      labels: { ...labels, severity: 'warning', reason: 'OOMKilled' },
      summary: `${pod.service}: container was killed and restarted`,
      description: 'Restarts within the last 20 minutes.',
      expression: `increase(k8s_container_restarts{pod="${pod.name}"}[20m]) > 0`,
      threshold: 0,
      unit: '',
      runbook: 'memory',
      forMinutes: 1,
      valueAt(minute) {
        const until = atUs(minute);
        return pod.restarts.filter((restart) => restart.atUs <= until && restart.atUs > until - 1_200_000_000)
          .length;
      },
    },
  ];
}

function episodesOf(rule: Rule, scenario: Scenario, minutes: number): readonly AlertEpisode[] {
  const episodes: { from: number; until: number | null }[] = [];
  let above = 0;
  let below = 0;
  let from: number | null = null;
  for (let minute = 5; minute < minutes; minute += 1) {
    const value = rule.valueAt(minute);
    const isAbove = value !== null && value > rule.threshold;
    above = isAbove ? above + 1 : 0;
    below = isAbove ? 0 : below + 1;
    if (from === null && above > rule.forMinutes) from = minute;
    else if (from !== null && below > Math.max(2, rule.forMinutes)) {
      episodes.push({ from, until: minute });
      from = null;
    }
  }
  if (from !== null) episodes.push({ from, until: null });
  const msOf = (minute: number) => scenario.startMs + (minute + 1) * 60_000;
  // What ends within the last minute has not been sent yet.
  const endOf = (minute: number | null) =>
    minute === null || msOf(minute) > scenario.nowMs - 60_000 ? null : msOf(minute);
  return episodes.map((episode) => ({
    labels: { alertname: rule.name, ...rule.labels },
    summary: rule.summary,
    description: rule.description,
    expression: rule.expression,
    threshold: rule.threshold,
    unit: rule.unit,
    runbook: rule.runbook,
    startsMs: msOf(episode.from),
    endsMs: endOf(episode.until),
    valueAt: (atMs) => rule.valueAt(Math.floor((atMs - scenario.startMs) / 60_000) - 1) ?? 0,
  }));
}
