import { ToolError } from '@devops-mcp/contract';
import type { Alert, AlertsApi } from '@devops-mcp/domain';
import { checkSilence, planNewSilence } from '../alert-model/plan-silence.js';
import { filterText } from './alertmanager-client.js';
import { bounded, withoutHistory } from './bounded-answer.js';
import { type AlertmanagerSide, filterOf, firingNow, firingThen, silencesOf } from './firing-alerts.js';
import { readTransitions } from './read-transitions.js';

const mostSilences = 500;

export function readAlerts(side: AlertmanagerSide): AlertsApi {
  const { context, client } = side;
  const { address, match = {} } = context.config;
  const asked = filterOf(match).map(filterText).join(' ');
  const source = { backend: 'alertmanager', link: `${address.replace(/\/$/, '')}/#/alerts` };
  return {
    async active({ service, at }, call) {
      const mine = (alert: Alert) => service === undefined || alert.service === service;
      const query = `/api/v2/alerts ${asked}`.trim();
      if (at === undefined || at >= call.now) {
        const { alerts, hints } = await firingNow(side, [], call);
        return bounded(alerts.filter(mine), 'first', { source: { ...source, query }, hints });
      }
      const past = await firingThen(side, at, call);
      return bounded(past.alerts.filter(mine), 'first', {
        source: { ...source, query: past.query ?? query },
        hints: past.hints,
        partial: [
          ...past.partial,
          ...(past.query === undefined ? [withoutHistory(context, 'which alerts have ended since')] : []),
        ],
      });
    },
    transitions: (query, call) => readTransitions(side, query, call),
    async silences({ activeAt }, call) {
      const { silences, hints } = await silencesOf(client, call);
      const found = silences.filter(
        ({ startsAt, endsAt }) => !activeAt || (startsAt <= activeAt && activeAt < endsAt),
      );
      return bounded(
        found,
        'last',
        { source: { ...source, query: '/api/v2/silences' }, hints },
        mostSilences,
      );
    },
    async planAcknowledge({ fingerprint }, call) {
      const { alerts } = await firingNow(side, [], call);
      if (!alerts.some((alert) => alert.fingerprint === fingerprint)) {
        throw new ToolError('not_found', 'No firing alert has this fingerprint.');
      }
      throw new ToolError('unsupported', 'Alertmanager keeps no acknowledgements.', {
        hint: 'Acknowledge it in the paging system that is notified, or propose a short silence instead.',
      });
    },
    async planSilence(query, call) {
      checkSilence(query);
      // Alertmanager's silences reach every environment that it serves: this one stays in its own.
      const matchers = [...filterOf(match), ...query.matchers];
      const { alerts } = await firingNow(side, matchers, call);
      return planNewSilence(alerts, { ...query, matchers });
    },
  };
}
