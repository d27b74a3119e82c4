import type { z } from 'zod';
import type { JsonObject } from './json.js';
import type { PortSet, ReadPorts, WritePorts } from './port.js';
import type { ActionTier, BlastRadius, BlastRadiusCeiling, EnvironmentClass, Target } from './risk.js';
import type { CallContext, CallLimits, InputSchema } from './tool.js';

export type Reversal =
  | { readonly kind: 'reversible'; readonly how: string }
  | { readonly kind: 'irreversible'; readonly why: string };

/**
 * The exact change and everything it rests on. A plan is a pure function of the input and the live
 * state: planning again on an unchanged system gives a byte-equal plan, which is how a stale plan
 * is found. It therefore holds no clock readings and no random values.
 */
export interface ActionPlan<Change extends JsonObject = JsonObject> {
  /** The whole change, in the backend's terms; `apply` receives this and nothing else. */
  readonly change: Change;
  /** What was seen of the live system and must still hold when the plan is applied. */
  readonly observed: JsonObject;
  readonly blastRadius: BlastRadius;
  readonly reversal: Reversal;
  /** What a person is shown: one line, then the diff or dry run. */
  readonly summary: string;
  readonly diff: string;
  readonly warnings?: readonly string[];
}

/** What `apply` read back from the system after the change. */
export interface ActionOutcome {
  readonly summary: string;
  /** Names what was made, such as a commit or a silence id. */
  readonly artifactRef: string | null;
  readonly observed: JsonObject;
  /** True only when the read-back shows the planned state. */
  readonly verified: boolean;
}

export interface PlanCall<I extends InputSchema, P extends PortSet> extends CallContext {
  readonly input: z.output<I>;
  readonly target: Target;
  readonly ports: ReadPorts<P>;
}

export interface ApplyCall<P extends PortSet> extends CallContext {
  readonly plan: ActionPlan;
  readonly target: Target;
  readonly ports: WritePorts<P>;
  /** The same for every attempt at this proposal; the backend uses it so that nothing happens twice. */
  readonly idempotencyKey: string;
  readonly reason: string;
  /** Who proposed it, for systems that keep a name beside the change, such as a silence's author. */
  readonly requestedBy: string;
}

export interface ActionDefinition<I extends InputSchema = InputSchema, P extends PortSet = PortSet> {
  readonly kind: 'action';
  /** `verb_noun`; published as `propose_<verb_noun>` and never as a direct call. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly riskTier: ActionTier;
  readonly ports: P;
  readonly input: I;
  readonly limits: CallLimits;
  readonly environments: readonly EnvironmentClass[];
  readonly blastRadius: BlastRadiusCeiling;
  readonly reversal: Reversal;
  /** Two proposals of the same subject conflict; also what a person types to confirm. Default: the services. */
  readonly confirmationText?: (target: Target) => string;
  /** Needed when the input alone does not name the target. */
  resolve(call: Omit<PlanCall<I, P>, 'target'>): Promise<Target> | Target;
  /** Raises the tier from arguments, target and plan; the road takes the higher of this and `riskTier`. */
  classify?(facts: {
    readonly input: z.output<I>;
    readonly target: Target;
    readonly environmentClass: EnvironmentClass;
    readonly plan: ActionPlan;
  }): ActionTier;
  /** Reads only. */
  plan(call: PlanCall<I, P>): Promise<ActionPlan>;
  /**
   * An error that cannot be told from a change that took effect makes the proposal `ambiguous`; one
   * thrown before anything was sent says so with `details.nothingChanged: true`.
   */
  apply(call: ApplyCall<P>): Promise<ActionOutcome>;
}

export function defineAction<const I extends InputSchema, const P extends PortSet>(
  facts: Omit<ActionDefinition<I, P>, 'kind'>,
): ActionDefinition<I, P> {
  return { kind: 'action', ...facts };
}
