import type { CallLimits, Environment, Json, PortSet, RiskTier, Target } from '@devops-mcp/contract';
import type { z } from 'zod';
import type { AuditEvent } from '../collaborators.js';
import type { Decision, ProposalRecord, RoadAnswer, RoadRequest } from '../model.js';
import { canonicalJson, digestOfText } from '../proposals/digest.js';

const recordedArgumentsLimit = 32_000;

import type { RoadDependencies } from './dependencies.js';
import type { ActionRequest } from './derive.js';

/** One kind of call, prepared once per definition; `pipeline.ts` carries it along the road. */
export interface Journey {
  readonly eventType: AuditEvent['eventType'];
  /** What policy, switches and the audit record call it. */
  readonly name: string;
  readonly tier: RiskTier;
  readonly limits: CallLimits;
  readonly ports: PortSet;
  /** Null: the handler looks at the arguments itself. */
  readonly input: z.ZodObject | null;
  locate(trip: Trip): Promise<Target> | Target;
  run(trip: Trip): Promise<Produced>;
}

export type Produced =
  | Extract<RoadAnswer, { kind: 'answer' | 'confirm' }>
  | { readonly kind: 'raw'; readonly result: unknown };

/** What is known of one call so far; the audit record is made from it at whatever point it ends. */
export interface Trip {
  readonly deps: RoadDependencies;
  readonly journey: Journey;
  readonly request: RoadRequest;
  readonly id: string;
  readonly startedAt: Date;
  /** Validated arguments. */
  input: unknown;
  /** Differ from the journey's own when a call concerns a proposal made earlier. */
  name: string;
  tier: RiskTier;
  target: Target | null;
  environment: Environment | null;
  decision: Decision | null;
  /** The credential that was connected, once one was. */
  auth: AuditEvent['auth'];
  subject: TripSubject | null;
  /** What is asked for, of a call that proposes. */
  action: ActionRequest | null;
  /** The proposal, of a call that concerns one. */
  proposal: ProposalRecord | null;
  /** A journey that wrote its own durable record needs no second one. */
  recorded: boolean;
}

/** The proposal that a call is about, as far as it is known. */
export interface TripSubject {
  readonly proposalId: string | null;
  readonly bindingDigest: string | null;
  readonly blastRadius: AuditEvent['blastRadius'];
  readonly reason: string | null;
  readonly changeRef: string | null;
}

export function beginTrip(deps: RoadDependencies, journey: Journey, request: RoadRequest): Trip {
  return {
    deps,
    journey,
    request,
    id: deps.random.hex(10),
    startedAt: deps.clock(),
    input: null,
    name: journey.name,
    tier: journey.tier,
    target: null,
    environment: null,
    decision: null,
    auth: null,
    subject: null,
    action: null,
    proposal: null,
    recorded: false,
  };
}

/** The audit event of a call, with everything that is known of it. */
export function eventOf(
  trip: Trip,
  phase: AuditEvent['phase'],
  result: Partial<AuditEvent['result']> & Pick<AuditEvent['result'], 'status'>,
  approval?: Partial<AuditEvent['approval']>,
): AuditEvent {
  const { deps, journey, request, subject, environment } = trip;
  const received = recordable(request.arguments);
  return {
    eventType: journey.eventType,
    phase,
    traceId: request.trace.traceId,
    traceparent: request.trace.traceparent,
    caller: request.caller,
    server: deps.facts,
    tool: { name: trip.name, riskTier: trip.tier, target: trip.target },
    auth: trip.auth,
    approval: {
      required: trip.tier > 1,
      status: trip.tier > 1 ? 'pending' : 'not_required',
      approver: null,
      changeRef: subject?.changeRef ?? null,
      ...approval,
    },
    result: {
      durationMs: deps.clock().getTime() - trip.startedAt.getTime(),
      artifactRef: null,
      errorCode: null,
      detail: null,
      ...result,
    },
    environment: environment?.name ?? trip.target?.environment ?? null,
    owner: ownerOf(trip),
    argumentsDigest: received.digest,
    arguments: received.value,
    reason: subject?.reason ?? null,
    proposalId: subject?.proposalId ?? null,
    bindingDigest: subject?.bindingDigest ?? null,
    blastRadius: subject?.blastRadius ?? null,
    decision: trip.decision,
    id: trip.id,
  };
}

function ownerOf(trip: Trip): string | null {
  const service = trip.target?.services[0];
  return service === undefined ? null : (trip.deps.ownership.ownerOf(service) ?? null);
}

/** Arguments may be anything here, since refused calls are recorded too. */
function recordable(received: unknown): { readonly value: Json; readonly digest: string | null } {
  try {
    const text = canonicalJson(received ?? {});
    const digest = digestOfText('devops-mcp/arguments/v1', text);
    if (text.length > recordedArgumentsLimit) return { value: { notRecorded: 'too long' }, digest };
    // Boundary: what has a canonical form is JSON.
    return { value: (received ?? {}) as Json, digest };
  } catch {
    return { value: { notRecorded: 'not JSON, or nested too deeply' }, digest: null };
  }
}
