import { type BackendContext, type CallContext, ToolError } from '@devops-mcp/contract';
import type { Silence } from '@devops-mcp/domain';
import { z } from 'zod';
import { type SilenceRecord, silenceShape } from '../alert-model/silence-shape.js';
import type { HttpRequest } from '../http/http-client.js';
import { openSystem } from '../http/open-system.js';
import type { AlertmanagerConfig } from './alertmanager-config.js';

const maxText = 4096;
const text = z.string().transform((value) => value.slice(0, maxText));
const texts = z.record(z.string(), text);
const time = z.iso.datetime({ offset: true }).transform((value) => new Date(value));

/** One alert as API version 2 gives it (`gettableAlert`). */
const alertShape = z.object({
  fingerprint: z.string().min(1).max(64),
  labels: texts,
  annotations: texts.catch({}),
  startsAt: time,
  generatorURL: text.optional().catch(undefined),
  receivers: z.array(z.object({ name: text })).catch([]),
  status: z.object({ silencedBy: z.array(z.string()), inhibitedBy: z.array(z.string()) }),
});
export type LiveAlert = z.output<typeof alertShape>;

const statusShape = z.object({
  versionInfo: z.object({ version: text }),
  cluster: z.object({ status: text, peers: z.array(z.unknown()).nullish() }),
});
export type AlertmanagerStatus = z.output<typeof statusShape>;

export interface Listed<T> {
  readonly items: readonly T[];
  /** Items that could not be read. */
  readonly unusable: number;
  /** The server's own clock, to the second, where it says it. */
  readonly serverTime: Date | undefined;
}

/** API version 2 (https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml), as far as it is used. */
export interface AlertmanagerClient {
  /** What fires now, silenced and inhibited ones included, with all the labels that `filter` names. */
  alerts(filter: Silence['matchers'], call: Call): Promise<Listed<LiveAlert>>;
  /** Those that ended within Alertmanager's retention included. */
  silences(call: Call): Promise<Listed<SilenceRecord>>;
  /** Gives the id. Never sent twice. */
  createSilence(silence: Omit<Silence, 'id'>, call: Call): Promise<string>;
  status(call: Call): Promise<{ readonly status: AlertmanagerStatus; readonly serverTime: Date | undefined }>;
}

type Call = Pick<CallContext, 'signal'>;

/** With the `write` credential only the writing side is opened. */
export async function openAlertmanager(
  context: BackendContext<AlertmanagerConfig>,
  side: 'read' | 'write',
): Promise<AlertmanagerClient> {
  const { write, ...access } = context.config;
  const settings =
    side === 'write' && write ? { ...access, credential: write.credential, scheme: write.scheme } : access;
  const credential = side === 'write' ? 'write.credential' : 'credential';
  const names = { system: 'Alertmanager', use: 'alertmanager', credential };
  const http = await openSystem(context, settings, names);
  const ask = async (request: Omit<HttpRequest, 'signal'>, { signal }: Call) => {
    const { body, headers } = await http.json({ ...request, path: `/api/v2${request.path}`, signal });
    return { body, serverTime: clockOf(headers.date) };
  };
  return {
    async alerts(filter, call) {
      const query = {
        ...{ active: true, silenced: true, inhibited: true, unprocessed: true },
        filter: filter.map(filterText),
      };
      return listed(alertShape, await ask({ path: '/alerts', query, needs: mayRead }, call));
    },
    silences: async (call) => listed(silenceShape, await ask({ path: '/silences', needs: mayRead }, call)),
    async createSilence({ matchers, startsAt, endsAt, createdBy, comment }, call) {
      const body = JSON.stringify({ matchers, startsAt, endsAt, createdBy, comment });
      const needs = 'leave to POST /api/v2/silences';
      const answer = await ask({ method: 'POST', path: '/silences', body, needs }, call);
      const made = createdShape.safeParse(answer.body);
      if (made.success) return made.data.silenceID;
      throw wrongAnswer(
        made.error,
        'Whether the silence was made is not known: look at the silences before asking for it again.',
      );
    },
    async status(call) {
      const { body, serverTime } = await ask({ path: '/status', needs: mayRead }, call);
      return { status: checked(statusShape, body), serverTime };
    },
  };
}

const createdShape = z.object({ silenceID: z.string().min(1).max(100) });
const mayRead = 'leave to GET below /api/v2';

/** A matcher as the `filter` parameter takes it. */
export function filterText({ name, value, isRegex, isEqual }: Silence['matchers'][number]): string {
  const operator = isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=';
  const escaped = value.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n');
  return `${name}${operator}"${escaped}"`;
}

function listed<S extends z.ZodType>(
  shape: S,
  { body, serverTime }: { readonly body: unknown; readonly serverTime: Date | undefined },
): Listed<z.output<S>> {
  const read = checked(z.array(z.unknown()), body).map((item) => shape.safeParse(item));
  const items = read.flatMap((one) => (one.success ? [one.data] : []));
  const [first] = read;
  // That nothing can be read is no empty list: whatever answers is not Alertmanager.
  if (items.length === 0 && first?.error) throw wrongAnswer(first.error);
  return { items, unusable: read.length - items.length, serverTime };
}

function checked<S extends z.ZodType>(shape: S, body: unknown): z.output<S> {
  const parsed = shape.safeParse(body);
  if (parsed.success) return parsed.data;
  throw wrongAnswer(parsed.error);
}

function wrongAnswer(cause: z.ZodError, hint = checkAddress): ToolError {
  const message = 'Alertmanager gave an answer that is not the one of its API version 2.';
  return new ToolError('unavailable', message, { hint, cause });
}

const checkAddress =
  'Check that the address is that of Alertmanager, a path prefix such as /alertmanager included.';

function clockOf(date: string | undefined): Date | undefined {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? undefined : new Date(time);
}
