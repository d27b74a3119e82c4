import type { z } from 'zod';
import type { PortSet, ReadPorts } from './port.js';
import type { Complete } from './resource.js';
import type { Target } from './risk.js';
import type { CallContext, CallLimits, InputSchema } from './tool.js';

export interface PromptMessage {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

export interface PromptCall<I extends InputSchema, P extends PortSet> extends CallContext {
  readonly args: z.output<I>;
  readonly ports: ReadPorts<P>;
}

/** A prompt's arguments are strings, as the protocol demands. */
export interface PromptDefinition<I extends InputSchema = InputSchema, P extends PortSet = PortSet> {
  readonly kind: 'prompt';
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly ports: P;
  readonly args: I;
  readonly limits: CallLimits;
  readonly complete?: Readonly<Record<string, Complete<P>>>;
  target(args: z.output<I>): Target;
  messages(call: PromptCall<I, P>): Promise<readonly PromptMessage[]> | readonly PromptMessage[];
}

export function definePrompt<const I extends InputSchema, const P extends PortSet>(
  facts: Omit<PromptDefinition<I, P>, 'kind'>,
): PromptDefinition<I, P> {
  return { kind: 'prompt', ...facts };
}
