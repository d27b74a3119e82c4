import { ToolError } from '@devops-mcp/contract';
import { z } from 'zod';
import type { HttpClient } from '../http/http-client.js';
import { toolErrorOf } from './upstream-error.js';

export const timeoutMs = 20_000;
/** Longer queries go into the body of a POST: addresses are cut by proxies. */
const longestAddress = 1_800;

/** What errors say of one store that has the HTTP API v1 of Prometheus. */
export interface ApiNames {
  /** As it begins a sentence: `Prometheus`. */
  readonly system: string;
  /** What a credential lacks that is refused. */
  readonly needs: string;
  /** Where the address is configured: `address of use: prometheus`. Without it a 404 stays the HTTP client's `not_found`. */
  readonly addressSetting?: string;
  /** What to do where a query is too much. */
  readonly askLess: string;
}

export type Labels = Readonly<Record<string, string>>;

/** One series of an answer. Times in ms; NaN and infinities are null. */
export interface Line {
  readonly labels: Labels;
  readonly values: readonly (readonly [timeMs: number, value: number | null])[];
}

export const labelSet = z.record(z.string(), z.string());
const sample = z.tuple([z.number(), z.string()]);
/** What `/query` and `/query_range` answer; `linesOf` reads it. */
export const queryResult = z.object({
  resultType: z.enum(['vector', 'matrix', 'scalar']),
  result: z.array(
    z.object({
      metric: labelSet,
      value: sample.optional(),
      values: z.array(sample).optional(),
    }),
  ),
});
const envelope = z.object({
  status: z.literal('success'),
  data: z.unknown(),
  warnings: z.array(z.string()).nullish(),
  isPartial: z.boolean().nullish(),
});

type Parameters = Readonly<Record<string, string | readonly string[]>>;

/** Asks for what is at a path below the store's address; gives `data`, checked. */
export type Ask = <T extends z.ZodType>(path: string, given: Parameters, shape: T) => Promise<z.output<T>>;

/** `onPartial` hears of every answer that the store calls incomplete. */
export function askApi(
  client: HttpClient,
  names: ApiNames,
  signal: AbortSignal,
  onPartial: () => void = () => undefined,
): Ask {
  return async (path, given, shape) => {
    const { body } = await send(client, names, path, given, signal);
    const answer = envelope.safeParse(body);
    const data = answer.success ? shape.safeParse(answer.data.data) : undefined;
    if (!answer.success || !data?.success) throw wrongShape(names, answer.error ?? data?.error);
    if ((answer.data.warnings ?? []).length > 0 || answer.data.isPartial === true) onPartial();
    return data.data;
  };
}

export function linesOf({ result }: z.output<typeof queryResult>): readonly Line[] {
  return result.map(({ metric, value, values }) => ({
    labels: metric,
    values: (values ?? (value === undefined ? [] : [value])).map(([time, text]) => {
      const number = Number(text);
      return [Math.round(time * 1_000), Number.isFinite(number) ? number : null] as const;
    }),
  }));
}

/** A time as the API takes it. */
export function seconds(time: Date | number): string {
  return ((typeof time === 'number' ? time : time.getTime()) / 1_000).toFixed(3);
}

async function send(
  client: HttpClient,
  names: ApiNames,
  path: string,
  given: Parameters,
  signal: AbortSignal,
) {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(given))
    for (const one of typeof value === 'string' ? [value] : value) form.append(name, one);
  const common = { path, signal, timeoutMs, reads: true, needs: names.needs } as const;
  const body = form.toString();
  try {
    // Values of a label are only served to GET.
    if (body.length <= longestAddress || path.includes('/label/'))
      return await client.json({ ...common, query: given });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return await client.json({ ...common, method: 'POST', headers, body });
  } catch (error) {
    throw toolErrorOf(error, names);
  }
}

function wrongShape({ system }: ApiNames, cause: unknown): ToolError {
  return new ToolError('unavailable', `${system} gave an answer of an unknown shape.`, {
    hint: 'Check that the configured address is that of a Prometheus query API.',
    cause,
  });
}
