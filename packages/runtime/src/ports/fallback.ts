import { type ErrorCode, type PartialFailure, ToolError } from '@devops-mcp/contract';
import { tellingError } from '@devops-mcp/domain';

/** Questions of the last hour, and those of them for which the fallback was asked. */
export interface HourCount {
  readonly asked: number;
  readonly fell: number;
}

/** Counts a question and whether the fallback was asked; gives the counts when it was. */
export type FallbackCounter = (facts: {
  readonly port: string;
  readonly environment: string;
  readonly fell: boolean;
}) => Promise<HourCount | undefined>;

export interface FallbackFacts {
  readonly port: string;
  readonly environment: string;
  /** Names as answers show them. */
  readonly first: string;
  readonly fallback: string;
  readonly count: FallbackCounter | undefined;
  /** How long the first one may take before the other is asked; the call's own deadline holds as well. */
  readonly patienceMs?: number;
}

/** Ways to fail that another system does not share; a refusal or an unknown name is an answer. */
const passing: ReadonlySet<ErrorCode> = new Set(['unavailable', 'timeout', 'rate_limited']);
const defaultPatienceMs = 10_000;
/** Above this share of an hour's questions the first backend is in need of repair. */
const budget = 0.15;
const fewQuestions = 20;

/**
 * The first backend, with another that answers when the first is unavailable, too slow or over its
 * rate; such an answer names both. Plans, and with them changes, are made with the first alone. The
 * other one is opened when it is first needed.
 */
export function withFallback(
  first: object,
  openFallback: () => Promise<object>,
  facts: FallbackFacts,
): object {
  return new Proxy(
    {},
    {
      get: (_, key) => {
        const method: unknown = Reflect.get(first, key, first);
        if (typeof method !== 'function') return method;
        if (typeof key !== 'string' || /^plan[A-Z]/.test(key)) return method.bind(first);
        const ask = (args: readonly unknown[]): unknown => Reflect.apply(method, first, args);
        return (...args: readonly unknown[]) => askBoth(ask, key, openFallback, args, facts);
      },
      has: (_, key) => key in first,
    },
  );
}

async function askBoth(
  ask: (args: readonly unknown[]) => unknown,
  method: string,
  openFallback: () => Promise<object>,
  args: readonly unknown[],
  facts: FallbackFacts,
): Promise<unknown> {
  const { port, environment } = facts;
  const count = async (fell: boolean) => facts.count?.({ port, environment, fell }).catch(() => undefined);
  try {
    const answer = await patiently(ask, args, facts);
    await count(false);
    return answer;
  } catch (reason) {
    if (!(reason instanceof ToolError) || !passing.has(reason.code)) throw reason;
    if (signalOf(args)?.aborted) throw reason;
    return askFallback(reason, method, openFallback, args, facts, await count(true));
  }
}

async function askFallback(
  reason: ToolError,
  method: string,
  openFallback: () => Promise<object>,
  args: readonly unknown[],
  facts: FallbackFacts,
  counted: HourCount | undefined,
): Promise<unknown> {
  try {
    const other = await openFallback();
    const same: unknown = Reflect.get(other, method, other);
    if (typeof same !== 'function') throw reason;
    return shown(await Reflect.apply(same, other, args), reason, facts, counted);
  } catch (error) {
    if (error === reason) throw reason;
    throw tellingError([
      { backend: facts.first, reason },
      { backend: facts.fallback, reason: error },
    ]);
  }
}

/** A first backend that hangs would use up the whole call, and the other one would never be asked. */
async function patiently(
  ask: (args: readonly unknown[]) => unknown,
  args: readonly unknown[],
  { first, patienceMs = defaultPatienceMs }: FallbackFacts,
): Promise<unknown> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const slow = new ToolError('timeout', `${first} did not answer within ${patienceMs / 1000} s.`);
      reject(slow);
      controller.abort(slow);
    }, patienceMs);
  });
  const own = args.map((arg) =>
    isContext(arg) ? { ...arg, signal: AbortSignal.any([arg.signal, controller.signal]) } : arg,
  );
  try {
    return await Promise.race([ask(own), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Only an answer with a source can say whose it is, and only such are given by reading methods. */
function shown(
  answer: unknown,
  reason: ToolError,
  { first, fallback }: FallbackFacts,
  counted: HourCount | undefined,
): unknown {
  if (!isAnswer(answer)) return answer;
  const why = { backend: first, reason: `${reason.code}: ${reason.message} ${fallback} answered instead.` };
  const hint = overBudget(first, counted);
  return {
    ...answer,
    source: { ...answer.source, backend: fallback },
    partial: [why, ...(answer.partial ?? [])],
    ...(hint === undefined ? {} : { hints: [...(answer.hints ?? []), hint] }),
  };
}

function overBudget(first: string, counted: HourCount | undefined): string | undefined {
  if (!counted || counted.asked < fewQuestions || counted.fell / counted.asked <= budget) return undefined;
  const share = Math.round((100 * counted.fell) / counted.asked);
  return `In the last hour the fallback stood in for ${first} in ${share} % of ${counted.asked} questions: ${first} needs repair.`;
}

function signalOf(args: readonly unknown[]): AbortSignal | undefined {
  return args.find(isContext)?.signal;
}

function isContext(value: unknown): value is { readonly signal: AbortSignal } {
  return (
    typeof value === 'object' && value !== null && 'signal' in value && value.signal instanceof AbortSignal
  );
}

interface ShownAnswer {
  readonly source: object;
  readonly partial?: readonly PartialFailure[];
  readonly hints?: readonly string[];
}

function isAnswer(value: unknown): value is ShownAnswer {
  return (
    typeof value === 'object' &&
    value !== null &&
    'data' in value &&
    'source' in value &&
    typeof value.source === 'object'
  );
}
