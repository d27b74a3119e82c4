import type { z } from 'zod';
import type { PortSet, ReadPorts } from './port.js';
import type { Target } from './risk.js';

/** Every call has a deadline and every answer a size. */
export interface CallLimits {
  readonly timeoutMs: number;
  readonly outputBytes: number;
}

/** Reports work done so far; `total` is unknown when absent. Reaches the client as a progress notification. */
export type ReportProgress = (done: number, total?: number, message?: string) => void;

/** What every piece of called code receives beside its own input. */
export interface CallContext {
  /** Aborted when the caller cancels or the deadline passes; backends pass it on and stop reading. */
  readonly signal: AbortSignal;
  readonly progress: ReportProgress;
  /** Server time when the call began; relative periods resolve against it. */
  readonly now: Date;
}

export type InputSchema = z.ZodObject<z.ZodRawShape, z.core.$strict>;
export type OutputSchema = z.ZodObject;

export interface ToolCall<I extends InputSchema, P extends PortSet> extends CallContext {
  readonly input: z.output<I>;
  readonly ports: ReadPorts<P>;
}

export interface ToolDefinition<
  I extends InputSchema = InputSchema,
  O extends OutputSchema = OutputSchema,
  P extends PortSet = PortSet,
> {
  readonly kind: 'tool';
  /** `verb_noun` */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly riskTier: 1;
  readonly ports: P;
  readonly input: I;
  readonly output: O;
  readonly limits: CallLimits;
  target(input: z.output<I>): Target;
  run(call: ToolCall<I, P>): Promise<z.input<O>>;
  /** The answer as a person reads it: short, the same facts as the structured content. */
  render(output: z.output<O>): string;
}

/** A read-only tool. Anything that changes something is an action (`defineAction`). */
export function defineTool<
  const I extends InputSchema,
  const O extends OutputSchema,
  const P extends PortSet,
>(facts: Omit<ToolDefinition<I, O, P>, 'kind'>): ToolDefinition<I, O, P> {
  return { kind: 'tool', ...facts };
}
