import { type BackendContext, type CallContext, ToolError } from '@devops-mcp/contract';
import type { Window } from '@devops-mcp/domain';
import { labelFingerprint } from '../alert-model/label-fingerprint.js';
import { filterText } from './alertmanager-client.js';
import type { AlertmanagerConfig } from './alertmanager-config.js';
import { findChanges } from './find-changes.js';
import { type AlertRule, type HistorySource, openHistorySource } from './query-prometheus.js';

/** An alert as its series shows it: only what stands in its labels. */
export interface RecordedAlert {
  readonly fingerprint: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface RecordedChange extends RecordedAlert {
  readonly state: 'firing' | 'resolved';
  readonly time: Date;
}

export interface AlertHistory {
  /** What fired at that moment, and since when: the start of its condition plus the rule's `for`. */
  firingAt(at: Date, call: Call): Promise<Recorded<RecordedAlert & { readonly since: Date }>>;
  /** Oldest first. */
  changes(window: Window, name: string | undefined, call: Call): Promise<Recorded<RecordedChange>>;
  readonly source: HistorySource;
}

export interface Recorded<T> {
  readonly items: readonly T[];
  readonly query: string;
  readonly hints: readonly string[];
}

type Call = Pick<CallContext, 'signal' | 'now'>;

/** Undefined where the configuration names no history. */
export async function openAlertHistory(
  context: BackendContext<AlertmanagerConfig>,
): Promise<AlertHistory | undefined> {
  const { history, match = {} } = context.config;
  if (!history) return undefined;
  const source = await openHistorySource(context, history);
  const external = history.externalLabels;
  const recorded = (series: Readonly<Record<string, string>>) => asRecorded(series, external);
  // What is added as alerts are sent cannot be asked for here: it is the same for all of them.
  const matched = Object.entries(match).filter(([label]) => !Object.hasOwn(external, label));
  const foreign = Object.entries(match).some(
    ([label, value]) => Object.hasOwn(external, label) && external[label] !== value,
  );
  const selectorOf = (metric: string, more: Readonly<Record<string, string>>) => {
    const wanted = [...Object.entries(more), ...matched];
    return `${metric}{${wanted.map(([name, value]) => filterText({ name, value, isRegex: false, isEqual: true })).join(',')}}`;
  };
  return {
    source,
    async firingAt(at, call) {
      const query = selectorOf('ALERTS', { alertstate: 'firing' });
      if (foreign) return { items: [], query, hints: [] };
      const [firing, started, holds] = await Promise.all([
        source.at(query, at, call),
        source.at(selectorOf('ALERTS_FOR_STATE', {}), at, call),
        rulesOf(source, call),
      ]);
      const activeAt = new Map(
        started.map(({ labels, points }) => [recorded(labels).fingerprint, (points[0]?.value ?? 0) * 1000]),
      );
      const items = firing.map(({ labels }) => {
        const alert = recorded(labels);
        const began = activeAt.get(alert.fingerprint);
        const since = began === undefined ? at.getTime() : began + holdOf(alert, holds ?? []);
        return { ...alert, since: new Date(Math.min(since, at.getTime())) };
      });
      return { items, query, hints: holds ? [] : [withoutHolds] };
    },
    async changes(window, name, call) {
      const named = name === undefined ? {} : { alertname: name };
      const firing = selectorOf('ALERTS', { alertstate: 'firing', ...named });
      if (foreign) return { items: [], query: firing, hints: [] };
      const selectors = { firing, active: selectorOf('ALERTS_FOR_STATE', named) };
      const { changes, stepMs } = await findChanges(source, selectors, window, call);
      const items = changes.map(({ labels, state, time }) => ({ ...recorded(labels), state, time }));
      const cut = changes.filter((change) => change.cut).length;
      const hints = [
        `Found in steps of ${stepMs / 1000} s: a firing shorter than that may be missing.`,
        ...(cut > 0
          ? [`${cut} firings have no known end: their last recorded evaluation counts as it.`]
          : []),
      ];
      return { items, query: firing, hints: items.length > 0 ? hints : [] };
    },
  };
}

const withoutHolds =
  'Since is when the condition began to hold: the rules, which say how long it must, cannot be read.';

function asRecorded(
  series: Readonly<Record<string, string>>,
  external: Readonly<Record<string, string>>,
): RecordedAlert {
  const { __name__, alertstate, ...own } = series;
  // A label of the alert itself is kept where both have it, as Prometheus does when it sends.
  const labels = { ...external, ...own };
  return { fingerprint: labelFingerprint(labels), name: labels.alertname ?? 'unnamed', labels };
}

async function rulesOf(source: HistorySource, call: Call): Promise<readonly AlertRule[] | undefined> {
  try {
    return await source.alertRules(call);
  } catch (error) {
    // Stores that do not evaluate rules have none to show.
    if (call.signal.aborted || !(error instanceof ToolError)) throw error;
    return undefined;
  }
}

/** Rules may share a name: the one whose fixed labels the alert has, then the shortest, is taken. */
function holdOf({ name, labels }: RecordedAlert, rules: readonly AlertRule[]): number {
  const named = rules.filter((rule) => rule.name === name);
  const fits = named.filter((rule) =>
    Object.entries(rule.labels).every(([label, value]) => value.includes('{{') || labels[label] === value),
  );
  const chosen = fits.length > 0 ? fits : named;
  return chosen.length === 0 ? 0 : Math.min(...chosen.map(({ holdMs }) => holdMs));
}
