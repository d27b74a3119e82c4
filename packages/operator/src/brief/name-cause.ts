import { type ChangeFact, type Evidence, minuteMs } from './evidence.js';
import type { CauseKind } from './model.js';

const changeReachMs = 45 * minuteMs;
/** Memory that left its normal this long before users felt anything is the cause and not a symptom. */
const leakLeadMs = 10 * minuteMs;
const cannotReach =
  /\b(timed? ?out|timeout|refused|unreachable|unavailable|reset|no route|circuit|503|504|econn\w+|deadline exceeded)\b/i;
const slowDatabase =
  /\b(lock|deadlock|statement timeout|query (was )?cancel|connection pool|pool exhausted|too many connections)\b/i;
const certificate = /\b(certificate|x509|tls handshake|ssl)\b/i;

/**
 * Names the kind of cause for a suspect, by the first of these that the evidence shows: slow growth
 * of memory; a change just before the onset, told apart by what it changed; a machine short of CPU;
 * more traffic than before; then what the service's own errors say; else the time that is added
 * without errors is taken for the network's.
 */
export function nameCause(service: string, evidence: Evidence, onset: number): CauseKind {
  const own = evidence.anomalies.filter((found) => found.service === service && found.direction === 'up');
  const signal = (name: string) => own.filter((found) => found.signal === name);
  const leaking = signal('memory').some(
    (found) => found.lasting && (found.onset < onset - leakLeadMs || signal('restarts').length > 0),
  );
  if (leaking) return 'memory_leak';
  const change = evidence.changes
    .filter(
      (found) =>
        found.service === service && onset - found.time > -2 * minuteMs && onset - found.time < changeReachMs,
    )
    .sort((a, b) => b.time - a.time)[0];
  if (change) return kindOfChange(change);
  const busier = signal('request_rate').some(({ value, baseline }) => value > 1.8 * baseline);
  if (busier) return 'traffic_spike';
  if (signal('cpu').length > 0) return 'cpu_contention';
  return kindOfErrors(service, evidence);
}

function kindOfChange(change: ChangeFact): CauseKind {
  if (change.migrations.length > 0) return 'irreversible_migration';
  if (change.changesImage) return 'bad_deployment';
  if (change.flags.length > 0) return 'feature_flag';
  return change.configuration.length > 0 ? 'configuration_change' : 'bad_deployment';
}

function kindOfErrors(service: string, evidence: Evidence): CauseKind {
  const about = evidence.errors.filter(
    (error) =>
      error.count > 1.5 * error.previousCount &&
      (error.service === service || error.template.includes(service)),
  );
  const says = (pattern: RegExp) => about.some(({ type, template }) => pattern.test(`${type} ${template}`));
  if (says(certificate)) return 'certificate_expiry';
  if (says(slowDatabase)) return 'slow_database';
  if (says(cannotReach)) return 'dependency_outage';
  const failing = evidence.operations.some(
    (found) => found.service === service && found.errorShare > found.previousErrorShare + 0.02,
  );
  return failing || about.length > 0 ? 'dependency_outage' : 'network_delay';
}
