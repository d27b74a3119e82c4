import {
  type BackendContext,
  type BackendDefinition,
  defineBackend,
  type Truncation,
} from '@devops-mcp/contract';
import { type AlertsApi, type AlertsWriteApi, type Answer, alertsPort } from '@devops-mcp/domain';
import { planNewSilence } from '../alert-model/plan-silence.js';
import { examinePaths } from '../examine-paths.js';
import { type AlertLogConfig, alertLogConfig } from './alert-log-config.js';
import { type AlertLogState, openAlertLogState } from './alert-log-state.js';
import { applyAlertChange } from './apply-alert-change.js';
import { planAcknowledgement } from './plan-alert-change.js';

const mostAlerts = 1000;
const mostTransitions = 5000;
const mostSilences = 500;

/** Alerts from a log of Alertmanager's webhook payloads; silences and acknowledgements in files of their own. */
export const alertLogBackend: BackendDefinition = defineBackend({
  name: 'alert-log',
  title: 'Log of Alertmanager webhook payloads',
  config: alertLogConfig,
  ports: [
    {
      port: alertsPort,
      open: async (context) => readSide(openAlertLogState(context), context.config),
      async openWrite(context) {
        const state = openAlertLogState(context);
        const write: AlertsWriteApi = {
          applyChange: (command, call) => applyAlertChange(state, context.clock, command, call),
        };
        return { ...readSide(state, context.config), ...write };
      },
      // Appending to two files of silences and acknowledgements is all that this credential can do.
      reach: async (_context: BackendContext<AlertLogConfig>) => 2,
      examine: examinePaths<AlertLogConfig>(({ path }) => [path]),
    },
  ],
});

function readSide(state: AlertLogState, config: AlertLogConfig): AlertsApi {
  return {
    async active({ service, at }, context) {
      const view = await state.look(context);
      const time = at ?? context.now;
      const found = view.activeAt(time).filter((alert) => !service || alert.service === service);
      return answer(found.slice(0, mostAlerts), found.length, config, view.hints, {
        query: `firing at ${time.toISOString()}${service ? `, service ${service}` : ''}`,
        more: 'name a service',
      });
    },
    async transitions({ service, name, window }, context) {
      const view = await state.look(context);
      const found = view.index
        .transitions(window)
        .filter((one) => (!service || one.service === service) && (!name || one.name === name));
      // The newest are kept, since a cut history is read from its end.
      return answer(found.slice(-mostTransitions), found.length, config, view.hints, {
        query: `transitions ${window.start.toISOString()}/${window.end.toISOString()}`,
        more: 'take a shorter window, or name a service or an alert',
      });
    },
    async acknowledgements({ service, window }, context) {
      const view = await state.look(context);
      const found = view
        .acknowledged()
        .filter(({ time }) => time >= window.start && time < window.end)
        .filter((one) => !service || one.service === service);
      return answer(found.slice(-mostAlerts), found.length, config, view.hints, {
        query: `acknowledgements ${window.start.toISOString()}/${window.end.toISOString()}`,
        more: 'take a shorter window',
      });
    },
    async silences({ activeAt }, context) {
      const view = await state.look(context);
      const found = view.silences.filter(
        ({ startsAt, endsAt }) => !activeAt || (startsAt <= activeAt && activeAt < endsAt),
      );
      return answer(found.slice(-mostSilences), found.length, config, view.hints, {
        query: activeAt ? `silences at ${activeAt.toISOString()}` : 'silences',
        more: 'ask for the silences of one moment',
      });
    },
    async planAcknowledge(query, context) {
      const view = await state.look(context);
      return planAcknowledgement(view.activeAt(context.now), query);
    },
    async planSilence(query, context) {
      const view = await state.look(context);
      return planNewSilence(view.activeAt(context.now), query);
    },
  };
}

function answer<T>(
  data: readonly T[],
  total: number,
  config: AlertLogConfig,
  hints: readonly string[],
  asked: { readonly query: string; readonly more: string },
): Answer<readonly T[]> {
  const truncation: Truncation = { returned: data.length, total, more: true, howToGetMore: asked.more };
  return {
    data,
    source: { backend: 'alert-log', query: `${config.path}: ${asked.query}` },
    ...(data.length < total ? { truncation } : {}),
    ...(hints.length > 0 ? { hints } : {}),
  };
}
