import { type ChangeFact, type ErrorFact, type Evidence, minuteMs } from './evidence.js';
import { mentions } from './mentions.js';
import type { CauseKind } from './model.js';
import { confidenceOf, errorGrowth, isFelt } from './significance.js';

const changeReachMs = 45 * minuteMs;
/** Memory that left its normal this long before users felt anything is the cause and not a symptom. */
const leakLeadMs = 10 * minuteMs;
/** Traffic is the cause of what begins with it. */
const sameTimeMs = 3 * minuteMs;
const cannotReach =
  /\b(timed? ?out|timeout|refused|unreachable|unavailable|reset|no route|circuit|503|504|econn\w+|deadline exceeded)\b/i;
const slowDatabase =
  /\b(lock|deadlock|statement timeout|query (was )?cancel|connection pool|pool exhausted|too many connections)\b/i;
const memoryAlert = /memory|oom/i;
const certificate = /\b(certificate|x509|tls handshake|ssl)\b/i;

/**
 * Names the kind of cause for a suspect, by the first of these that the evidence shows: slow growth
 * of memory, or an alert about it; a change just before the onset, told apart by what it changed; what
 * its errors say; more traffic than before; a machine short of CPU where nothing fails; else a dependency where requests
 * fail, and the network where they only wait.
 */
export function nameCause(service: string, evidence: Evidence, onset: number): CauseKind {
  const own = evidence.anomalies.filter((found) => found.service === service && found.direction === 'up');
  const signal = (name: string) => own.filter((found) => found.signal === name);
  const grown = signal('memory').some(
    (found) => found.lasting && (found.onset < onset - leakLeadMs || signal('restarts').length > 0),
  );
  const warned =
    evidence.alerts.filter((alert) => alert.service === service && memoryAlert.test(alert.name)).length > 0;
  const leaking = grown || warned;
  if (leaking) return 'memory_leak';
  const change = evidence.changes
    .filter(
      (found) =>
        found.service === service && onset - found.time > -2 * minuteMs && onset - found.time < changeReachMs,
    )
    .sort((a, b) => b.time - a.time)[0];
  if (change) return kindOfChange(change);
  const said = kindOfErrors(service, evidence);
  if (said !== null) return said;
  const busier = signal('request_rate').some(
    ({ value, baseline, onset: since }) => value > 1.8 * baseline && Math.abs(since - onset) < sameTimeMs,
  );
  if (busier) return 'traffic_spike';
  const failing = fails(service, evidence);
  // Errors and retries take CPU themselves; a machine that is short of it is slow before it fails.
  if (signal('cpu').length > 0 && !failing) return 'cpu_contention';
  return failing ? 'dependency_outage' : 'network_delay';
}

function kindOfChange(change: ChangeFact): CauseKind {
  if (change.migrations.length > 0) return 'irreversible_migration';
  if (change.changesImage) return 'bad_deployment';
  if (change.flags.length > 0) return 'feature_flag';
  return change.configuration.length > 0 ? 'configuration_change' : 'bad_deployment';
}

/** What the errors of the service, and those of others about it, say in so many words. */
function kindOfErrors(service: string, evidence: Evidence): CauseKind | null {
  const about = errorsAbout(service, evidence);
  const says = (pattern: RegExp) => about.some(({ type, template }) => pattern.test(`${type} ${template}`));
  if (says(certificate)) return 'certificate_expiry';
  if (says(slowDatabase)) return 'slow_database';
  return says(cannotReach) ? 'dependency_outage' : null;
}

function fails(service: string, evidence: Evidence): boolean {
  const failing = evidence.operations.some(
    (found) =>
      found.service === service &&
      found.errorShare > found.previousErrorShare + 0.02 &&
      confidenceOf(found) > 0.5,
  );
  const rate = evidence.anomalies.some(
    (found) => found.service === service && found.signal === 'error_rate' && isFelt(found),
  );
  return failing || rate || errorsAbout(service, evidence).length > 0;
}

function errorsAbout(service: string, { errors }: Evidence): readonly ErrorFact[] {
  return errors.filter(
    (error) => errorGrowth(error) > 0 && (error.service === service || mentions(error.template, service)),
  );
}
