import type { z } from 'zod';
import type { Json } from './json.js';
import type { PortSet, ReadPorts } from './port.js';
import type { Target } from './risk.js';
import type { CallContext, CallLimits, InputSchema } from './tool.js';

export interface ResourceCall<I extends InputSchema, P extends PortSet> extends CallContext {
  readonly params: z.output<I>;
  readonly ports: ReadPorts<P>;
}

export interface CompletionCall<P extends PortSet> extends CallContext {
  /** What the person has typed so far. */
  readonly value: string;
  readonly ports: ReadPorts<P>;
}

export type Complete<P extends PortSet> = (
  call: CompletionCall<P>,
) => Promise<readonly string[]> | readonly string[];

/** A resource travels the same road as a tool, since it can leak what a tool can. */
export interface ResourceDefinition<I extends InputSchema = InputSchema, P extends PortSet = PortSet> {
  readonly kind: 'resource';
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** RFC 6570 level 1, such as `service://{environment}/{service}/dependencies`. */
  readonly uriTemplate: string;
  readonly mimeType: 'application/json' | 'text/markdown';
  readonly riskTier: 1;
  readonly ports: P;
  readonly params: I;
  readonly limits: CallLimits;
  readonly complete?: Readonly<Record<string, Complete<P>>>;
  target(params: z.output<I>): Target;
  /** JSON data for `application/json`, text for `text/markdown`. */
  read(call: ResourceCall<I, P>): Promise<Json | string>;
  /** Concrete addresses worth listing; bounded by the implementer. */
  list?(
    call: CallContext & { readonly ports: ReadPorts<P> },
  ): Promise<readonly { uri: string; name: string }[]>;
}

export function defineResource<const I extends InputSchema, const P extends PortSet>(
  facts: Omit<ResourceDefinition<I, P>, 'kind'>,
): ResourceDefinition<I, P> {
  return { kind: 'resource', ...facts };
}
