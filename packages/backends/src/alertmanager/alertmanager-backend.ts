import { type BackendContext, type BackendDefinition, defineBackend } from '@devops-mcp/contract';
import { alertsPort } from '@devops-mcp/domain';
import { openAlertHistory } from './alert-history.js';
import { openAlertmanager } from './alertmanager-client.js';
import { type AlertmanagerConfig, alertmanagerConfig } from './alertmanager-config.js';
import { writeSilences } from './apply-silence.js';
import { examineAlertmanager } from './examine-alertmanager.js';
import type { AlertmanagerSide } from './firing-alerts.js';
import { readAlerts } from './read-alerts.js';

/** Alerts and silences of an Alertmanager, and the history of its alerts from Prometheus. */
export const alertmanagerBackend: BackendDefinition = defineBackend({
  name: 'alertmanager',
  title: 'Alertmanager',
  config: alertmanagerConfig,
  ports: [
    {
      port: alertsPort,
      open: async (context) => readAlerts(await sideOf(context)),
      async openWrite(context) {
        const side = await sideOf(context);
        return { ...readAlerts(side), ...writeSilences(side, await openAlertmanager(context, 'write')) };
      },
      // A tenant's credential of a Mimir replaces the whole configuration of its Alertmanager as well.
      reach: async ({ config }: BackendContext<AlertmanagerConfig>) => (config.tenant === undefined ? 2 : 3),
      examine: examineAlertmanager,
    },
  ],
});

async function sideOf(context: BackendContext<AlertmanagerConfig>): Promise<AlertmanagerSide> {
  const [client, history] = await Promise.all([openAlertmanager(context, 'read'), openAlertHistory(context)]);
  return { context, client, history };
}
