import {
  type AlertTransition,
  cutText,
  type Deployment,
  type Incident,
  knownFields,
  type Window,
} from '@devops-mcp/domain';
import type { AlertHistoryAnswer } from '../tools/get-alert-history.js';
import { type AlertHistory, flapScore, secondsFiring } from './firings.js';

type Row = AlertHistoryAnswer['data']['alerts'][number];

/** How long before a firing a deployment counts as just before. */
export const justBeforeMs = 60 * 60_000;

/** One alert's history as a row; `earlier` are the transitions before the window, `more` what others know. */
export function presentHistory(
  history: AlertHistory,
  window: Window,
  earlier: readonly AlertTransition[],
  more: { readonly incidents: readonly Incident[]; readonly deployments: readonly Deployment[] },
): Row {
  const { name, service, severity, firings } = history;
  const seconds = secondsFiring(firings, window);
  const past = earlier.filter(
    (one) => one.name === name && one.service === service && one.state === 'firing',
  );
  return knownFields({
    name,
    service,
    severity,
    firingNow: firings.some(({ end }) => end === null),
    firings: firings.length,
    firingSeconds: seconds,
    firingShare:
      Math.round((seconds / ((window.end.getTime() - window.start.getTime()) / 1000)) * 1000) / 1000,
    flapScore: flapScore(firings),
    latest: firings.slice(-5).map(({ start, end, earlier: began, value }) =>
      knownFields({
        start: start.toISOString(),
        end: end?.toISOString(),
        beganEarlier: began || undefined,
        value,
      }),
    ),
    firedBefore: knownFields({ times: past.length, last: past.at(-1)?.time.toISOString() }),
    incidents: incidentsOf(history, more.incidents),
    deploymentsBefore: deploymentsOf(history, more.deployments),
  });
}

/** Past incidents that name this alert, on the same service where they name any: what was done then. */
function incidentsOf({ name, service }: AlertHistory, incidents: readonly Incident[]): Row['incidents'] {
  return incidents
    .filter((one) => one.alerts.includes(name))
    .filter(({ services }) => services.length === 0 || service === null || services.includes(service))
    .toSorted((a, b) => b.started.getTime() - a.started.getTime())
    .slice(0, 3)
    .map(({ id, title, started, resolution }) =>
      knownFields({
        id,
        title: cutText(title, 160),
        started: started.toISOString(),
        resolution: resolution === null ? undefined : cutText(resolution, 300),
      }),
    );
}

/** Deployments of the alert's service in the hour before one of its last firings. */
function deploymentsOf(
  { service, firings }: AlertHistory,
  deployments: readonly Deployment[],
): Row['deploymentsBefore'] {
  return firings
    .filter(({ earlier }) => !earlier)
    .slice(-5)
    .flatMap(({ start }) =>
      deployments
        .filter((one) => one.service === service && one.time <= start)
        .filter(({ time }) => start.getTime() - time.getTime() <= justBeforeMs)
        .map(({ id, time, title }) => ({
          id,
          time: time.toISOString(),
          title: cutText(title, 160),
          minutesBefore: Math.round((start.getTime() - time.getTime()) / 60_000),
        })),
    )
    .slice(-5);
}
