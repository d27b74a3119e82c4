import type { BackendContext, CallContext } from '@devops-mcp/contract';
import { z } from 'zod';
import { openSystem } from '../http/open-system.js';
import type { SystemSettings } from '../http/system-config.js';
import { type ApiNames, askApi, type Line, linesOf, queryResult, seconds } from '../prometheus/ask-api.js';
import type { AlertmanagerConfig } from './alertmanager-config.js';

type Call = Pick<CallContext, 'signal'>;

export interface HistorySeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly { readonly time: Date; readonly value: number }[];
}

export interface AlertRule {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `for`: how long the condition holds before the alert fires. */
  readonly holdMs: number;
}

/** The part of Prometheus' API version 1 that the history of alerts needs. */
export interface HistorySource {
  at(query: string, time: Date, call: Call): Promise<readonly HistorySeries[]>;
  range(
    query: string,
    range: { readonly start: Date; readonly end: Date; readonly stepMs: number },
    call: Call,
  ): Promise<readonly HistorySeries[]>;
  alertRules(call: Call): Promise<readonly AlertRule[]>;
}

const maxLabel = 4096;
const labels = z.record(
  z.string(),
  z.string().transform((value) => value.slice(0, maxLabel)),
);
const rulesShape = z.object({ groups: z.array(z.object({ rules: z.array(z.unknown()) })) });
const ruleShape = z.object({
  type: z.literal('alerting'),
  name: z.string(),
  duration: z.number().nonnegative(),
  labels: labels.default({}),
});

const names: ApiNames = {
  system: 'The Prometheus of the alert history',
  needs: 'leave to query below /api/v1',
  askLess: 'Ask for a shorter period.',
};

export async function openHistorySource(
  context: BackendContext<AlertmanagerConfig>,
  settings: SystemSettings,
): Promise<HistorySource> {
  const { system } = names;
  const setting = { system, use: 'alertmanager', credential: 'history.credential' };
  const http = await openSystem(context, settings, setting);
  const askFor = ({ signal }: Call) => askApi(http, names, signal);
  return {
    async at(query, time, call) {
      const given = { query, time: seconds(time) };
      return seriesOf(linesOf(await askFor(call)('/api/v1/query', given, queryResult)));
    },
    async range(query, { start, end, stepMs }, call) {
      const given = { query, start: seconds(start), end: seconds(end), step: String(stepMs / 1000) };
      return seriesOf(linesOf(await askFor(call)('/api/v1/query_range', given, queryResult)));
    },
    async alertRules(call) {
      const { groups } = await askFor(call)('/api/v1/rules', { type: 'alert' }, rulesShape);
      return groups
        .flatMap(({ rules }) => rules.map((rule) => ruleShape.safeParse(rule)))
        .flatMap((read) => (read.success ? [read.data] : []))
        .map((rule) => ({ name: rule.name, labels: rule.labels, holdMs: rule.duration * 1000 }));
    },
  };
}

function seriesOf(lines: readonly Line[]): readonly HistorySeries[] {
  return lines.map((line) => ({
    labels: Object.fromEntries(
      Object.entries(line.labels).map(([name, value]) => [name, value.slice(0, maxLabel)]),
    ),
    points: line.values.flatMap(([timeMs, value]) =>
      value === null ? [] : [{ time: new Date(timeMs), value }],
    ),
  }));
}
