import {
  type ActionPlan,
  type AnyAction,
  type CallContext,
  type Environment,
  type JsonObject,
  noEnvironment,
  type RiskTier,
  type Target,
  ToolError,
} from '@devops-mcp/contract';
import { type BlastRadiusCheck, checkBlastRadius } from '../limits/blast-radius.js';
import type { Caller, Decision } from '../model.js';
import { planDigest } from '../proposals/digest.js';
import { findEvidence, type RequirementFinding } from '../proposals/requirements.js';
import { toolDigest } from '../proposals/tool-digest.js';
import { decide, knownEnvironment } from './admission.js';
import { checkedPlan } from './checked-plan.js';
import { connectWithoutEnvironment } from './connect.js';
import type { ExecutorFacts, GovernedProcess } from './dependencies.js';
import type { PlanDocuments } from './plan-documents.js';

/** What is asked for, before anything is worked out. */
export interface ActionRequest {
  readonly action: AnyAction;
  /** Validated by the action's own schema. */
  readonly input: JsonObject;
  readonly caller: Caller;
  readonly changeRef: string | null;
  readonly documents: PlanDocuments;
}

/** Everything that follows from a request and the live system; never taken from anybody's word. */
export interface DerivedAction {
  readonly target: Target;
  readonly environment: Environment;
  readonly toolDigest: string;
  readonly plan: ActionPlan;
  readonly planDigest: string;
  readonly effectiveTier: RiskTier;
  readonly decision: Decision;
  readonly executor: ExecutorFacts | 'local' | undefined;
  readonly blast: BlastRadiusCheck;
  readonly requirements: readonly RequirementFinding[];
}

/** The target as the action resolves it. Reads only. */
export async function locateAction(
  deps: GovernedProcess,
  request: ActionRequest,
  context: CallContext,
): Promise<Target> {
  const { action, input, caller, documents } = request;
  const named = typeof input.environment === 'string' ? input.environment : noEnvironment;
  if (named !== noEnvironment) knownEnvironment(deps, named);
  const connected =
    named === noEnvironment
      ? await connectWithoutEnvironment(deps.connector, action.ports, caller)
      : await deps.connector.read(action.ports, named, caller);
  const ports = documents.wrap(connected, action.ports);
  return action.resolve({ input, ports, ...context });
}

/**
 * Plans and judges. The proposal is made from the result, and right before the first side effect
 * the same function is asked again and must give the same.
 * @throws ToolError when there can be no plan; limits and requirements are returned, not thrown.
 */
export async function deriveAction(
  deps: GovernedProcess,
  request: ActionRequest,
  target: Target,
  context: CallContext,
): Promise<DerivedAction> {
  const { action, input, caller, documents } = request;
  const environment = knownEnvironment(deps, target.environment);
  if (!action.environments.includes(environment.class)) {
    throw new ToolError('denied', `${action.name} may not act in ${environment.class} environments.`, {
      hint: `It acts in: ${action.environments.join(', ')}.`,
    });
  }
  const connected = await deps.connector.read(action.ports, environment.name, caller);
  const ports = documents.wrap(connected, action.ports);
  const plan = checkedPlan(await action.plan({ input, target, ports, ...context }));
  const effectiveTier = effectiveTierOf(action, { input, target, environmentClass: environment.class, plan });
  const call = { tool: action.name, tier: effectiveTier, environment, target };
  const decision = decide(deps, { ...call, transport: caller.transport });
  const executor = chooseExecutor(deps, effectiveTier, environment, decision);
  const ceilings = action.blastRadius;
  const { ownership } = deps;
  const blast = checkBlastRadius({
    ceilings,
    planned: plan.blastRadius,
    target,
    environment: environment.name,
    ownership,
  });
  const digest = planDigest(plan);
  const requirements = await findEvidence(decision.requirements, {
    tool: action.name,
    requester: caller,
    target,
    environment,
    plan,
    planDigest: digest,
    blastRadius: blast.measured,
    changeRef: request.changeRef,
    executor,
    ownership,
    changes: deps.changes,
    auditWritable: deps.audit.writable(),
    now: context.now,
  });
  return {
    target,
    environment,
    toolDigest: toolDigest(action),
    plan,
    planDigest: digest,
    effectiveTier,
    decision,
    executor,
    blast,
    requirements,
  };
}

/** A classifier may raise the tier and never lower it; what cannot be classified is 4. */
export function effectiveTierOf(
  action: AnyAction,
  facts: Parameters<NonNullable<AnyAction['classify']>>[0],
): RiskTier {
  if (action.classify === undefined) return action.riskTier;
  let classified: unknown;
  try {
    classified = action.classify(facts);
  } catch {
    return 4;
  }
  const tier = ([2, 3, 4] as const).find((known) => known === classified) ?? 4;
  return tier > action.riskTier ? tier : action.riskTier;
}

/** A floor: what the agent talks to never applies a tier 3 change to production. */
function chooseExecutor(
  deps: GovernedProcess,
  tier: RiskTier,
  environment: Environment,
  decision: Decision,
): ExecutorFacts | 'local' | undefined {
  const elsewhere =
    (tier >= 3 && environment.class === 'production') ||
    decision.requirements.includes('executor_is_ci_or_control_plane');
  return elsewhere ? deps.executors[0] : 'local';
}
