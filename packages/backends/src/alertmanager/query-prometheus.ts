import { type BackendContext, type CallContext, ToolError } from '@devops-mcp/contract';
import { z } from 'zod';
import type { AccessSettings, AlertmanagerConfig } from './alertmanager-config.js';
import { openSystem } from './open-system.js';

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

const labels = z.record(
  z.string(),
  z.string().transform((value) => value.slice(0, 4096)),
);
const point = z.tuple([z.number(), z.string()]).transform(([seconds, value]) => ({
  time: new Date(Math.round(seconds * 1000)),
  value: Number(value),
}));
const vectorShape = z.object({
  data: z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric: labels, value: point })),
  }),
});
const matrixShape = z.object({
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(z.object({ metric: labels, values: z.array(point) })),
  }),
});
const rulesShape = z.object({
  data: z.object({ groups: z.array(z.object({ rules: z.array(z.unknown()) })) }),
});
const ruleShape = z.object({
  type: z.literal('alerting'),
  name: z.string(),
  duration: z.number().nonnegative(),
  labels: labels.default({}),
});

export async function openHistorySource(
  context: BackendContext<AlertmanagerConfig>,
  settings: AccessSettings,
): Promise<HistorySource> {
  const named = { system: 'The Prometheus of the alert history', setting: 'history.credential' };
  const http = await openSystem(context, settings, named);
  const needs = 'leave to query below /api/v1';
  const ask = async <S extends z.ZodType>(
    shape: S,
    path: string,
    query: Readonly<Record<string, string>>,
    { signal }: Call,
  ): Promise<z.output<S>> => {
    const parsed = shape.safeParse((await http.json({ path: `/api/v1${path}`, query, signal, needs })).body);
    if (parsed.success) return parsed.data;
    throw new ToolError('unavailable', `${named.system} gave an answer that is not the one of its API.`, {
      hint: 'Check history.address of the alerts port, a path prefix such as /prometheus included.',
      cause: parsed.error,
    });
  };
  return {
    async at(query, time, call) {
      const { data } = await ask(vectorShape, '/query', { query, time: seconds(time) }, call);
      return data.result.map(({ metric, value }) => ({ labels: metric, points: [value] }));
    },
    async range(query, { start, end, stepMs }, call) {
      const range = { start: seconds(start), end: seconds(end), step: String(stepMs / 1000) };
      const { data } = await ask(matrixShape, '/query_range', { query, ...range }, call);
      return data.result.map(({ metric, values }) => ({ labels: metric, points: values }));
    },
    async alertRules(call) {
      const { data } = await ask(rulesShape, '/rules', { type: 'alert' }, call);
      return data.groups
        .flatMap(({ rules }) => rules.map((rule) => ruleShape.safeParse(rule)))
        .flatMap((read) => (read.success ? [read.data] : []))
        .map((rule) => ({ name: rule.name, labels: rule.labels, holdMs: rule.duration * 1000 }));
    },
  };
}

function seconds(time: Date): string {
  return (time.getTime() / 1000).toFixed(3);
}
