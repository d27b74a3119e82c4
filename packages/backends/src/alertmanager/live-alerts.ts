import type { ServiceMapping } from '@devops-mcp/contract';
import type { Alert } from '@devops-mcp/domain';
import {
  type AlertLabelNames,
  instanceOf,
  measuredValue,
  runbookUrlOf,
  serviceOf,
  severityOf,
  summaryOf,
  thresholdOf,
} from '../alert-model/read-facts.js';
import type { RecordedAlert } from './alert-history.js';
import type { LiveAlert } from './alertmanager-client.js';

export interface AlertReading {
  readonly services: ServiceMapping;
  readonly names: AlertLabelNames;
  /** What the answer calls the Alertmanager. */
  readonly seenIn: string;
}

/** What Alertmanager says of an alert that fires. */
export function liveAlert(alert: LiveAlert, reading: AlertReading): Alert {
  const { annotations, status } = alert;
  const measured = measuredValue(annotations);
  return {
    ...factsOf({ ...alert, name: alert.labels.alertname ?? 'unnamed' }, reading),
    since: alert.startsAt,
    value: measured.value,
    unit: annotations.unit ?? measured.unit,
    ...thresholdOf(annotations, alert.generatorURL ?? null),
    summary: summaryOf(annotations, alert.labels.alertname ?? 'unnamed'),
    receivers: alert.receivers.map(({ name }) => name).sort(),
    runbookUrl: runbookUrlOf(annotations),
    silencedBy: status.silencedBy,
    inhibitedBy: status.inhibitedBy,
  };
}

/** What a series of the history says of an alert that fired then; nothing but its labels was kept. */
export function pastAlert(alert: RecordedAlert & { readonly since: Date }, reading: AlertReading): Alert {
  return { ...factsOf(alert, reading), since: alert.since, summary: alert.name };
}

function factsOf({ fingerprint, labels, name }: RecordedAlert, reading: AlertReading): Omit<Alert, 'since'> {
  const { services, names, seenIn } = reading;
  const { severity, raw } = severityOf(labels, names);
  return {
    ...{ fingerprint, name, labels, severity, rawSeverity: raw },
    service: serviceOf(labels, services, names),
    instance: instanceOf(labels, names),
    state: 'firing',
    resolved: null,
    value: null,
    threshold: null,
    comparison: null,
    trend: null,
    unit: null,
    summary: name,
    receivers: [],
    runbookUrl: null,
    silencedBy: [],
    acknowledgedBy: null,
    seenIn: [seenIn],
  };
}
