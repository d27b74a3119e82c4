import type { CallContext } from '@devops-mcp/contract';
import type { AlertsApi, AlertTransition, Answer } from '@devops-mcp/domain';
import { serviceOf, severityOf } from '../alert-model/read-facts.js';
import { bounded, withoutHistory } from './bounded-answer.js';
import { type AlertmanagerSide, firingNow, readingOf } from './firing-alerts.js';

type Query = Parameters<AlertsApi['transitions']>[0];

/** From the history; without one, the starts of what still fires, and that the rest is missing. */
export async function readTransitions(
  side: AlertmanagerSide,
  query: Query,
  call: CallContext,
): Promise<Answer<readonly AlertTransition[]>> {
  const { service, name, window } = query;
  if (!side.history) return startsOfFiring(side, query, call);
  const recorded = await side.history.changes(window, name, call);
  const { services, names } = readingOf(side.context);
  const found = recorded.items
    .map(({ fingerprint, labels, name, state, time }) => ({
      ...{ fingerprint, name, state, time, value: null },
      service: serviceOf(labels, services, names),
      severity: severityOf(labels, names).severity,
    }))
    .filter((one) => service === undefined || one.service === service);
  const source = { backend: 'alertmanager', query: recorded.query };
  return bounded(found, 'last', { source, hints: recorded.hints });
}

async function startsOfFiring(
  side: AlertmanagerSide,
  { service, name, window }: Query,
  call: CallContext,
): Promise<Answer<readonly AlertTransition[]>> {
  const { alerts, hints } = await firingNow(side, [], call);
  const begun = alerts
    .filter(({ since }) => since >= window.start && since < window.end)
    .filter((alert) => service === undefined || alert.service === service)
    .filter((alert) => name === undefined || alert.name === name)
    .map((alert) => ({
      ...{ fingerprint: alert.fingerprint, name: alert.name, service: alert.service },
      ...{ severity: alert.severity, receivers: alert.receivers },
      ...{ state: 'firing' as const, time: alert.since, value: null },
    }));
  const partial = [withoutHistory(side.context, 'the alerts that have ended')];
  return bounded(begun, 'last', {
    source: { backend: 'alertmanager', query: '/api/v2/alerts' },
    hints,
    partial,
  });
}
